package ai.matih.ml.registry.evidence.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.common.web.Answers;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.EvidenceLog;
import ai.matih.ml.registry.evidence.Examination;
import ai.matih.ml.registry.evidence.Examinations;
import ai.matih.ml.registry.evidence.RequestValidation;
import ai.matih.ml.registry.evidence.ValidationRun;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.VersionNumber;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Requests to find something out about a version, and how they stand. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}/versions/{version}")
class ValidationController {

  private final FindModel find;
  private final RequestValidation requestValidation;
  private final Examinations examinations;
  private final EvidenceLog log;
  private final Transactions transactions;

  ValidationController(
      FindModel find,
      RequestValidation requestValidation,
      Examinations examinations,
      EvidenceLog log,
      Transactions transactions) {
    this.find = find;
    this.requestValidation = requestValidation;
    this.examinations = examinations;
    this.log = log;
    this.transactions = transactions;
  }

  /**
   * Asks for the platform's checks again, and for what is not known yet of the measurements that
   * the policy asks for.
   */
  @PostMapping("/validate")
  @Allow(Permission.MODELS_WRITE)
  @Idempotent
  @Answers(202)
  ResponseEntity<ValidationAnswer> validate(
      @PathVariable ModelId id, @PathVariable int version, Caller caller) {
    ValidationRun run = requestValidation.request(id, version, caller.actor());
    return ResponseEntity.accepted().location(location(run)).body(answer(run));
  }

  /** Newest first; the first one was made by the registration. */
  @GetMapping("/validations")
  @Allow(Permission.MODELS_READ)
  Page<ValidationAnswer> list(
      @PathVariable ModelId id, @PathVariable int version, PageRequest page) {
    return transactions.call(
        () -> {
          ModelVersion about = find.version(id, version);
          Optional<UUID> after = page.after(UUID::fromString);
          List<ValidationRun> all = examinations.runs(about.model(), about.number());
          int from =
              after
                  .map(last -> all.stream().map(ValidationRun::id).toList().indexOf(last) + 1)
                  .orElse(0);
          return Page.cut(
                  all.stream().skip(from).limit(page.limit()).toList(),
                  page,
                  last -> PageToken.of(last.id()))
              .map(this::answer);
        });
  }

  @GetMapping("/validations/{validation}")
  @Allow(Permission.MODELS_READ)
  ValidationAnswer get(
      @PathVariable ModelId id, @PathVariable int version, @PathVariable UUID validation) {
    return transactions.call(
        () -> {
          ModelVersion about = find.version(id, version);
          return examinations
              .findRun(about.model(), about.number(), validation)
              .map(this::answer)
              .orElseThrow(
                  () ->
                      new Problem(
                          RegistryError.VALIDATION_NOT_FOUND,
                          "The version has no validation " + validation + "."));
        });
  }

  static URI location(ValidationRun run) {
    return URI.create(
        "/api/v1/ml/models/%s/versions/%s/validations/%s"
            .formatted(run.model(), run.version(), run.id()));
  }

  private ValidationAnswer answer(ValidationRun run) {
    return answer(run, examinations, log);
  }

  static ValidationAnswer answer(ValidationRun run, Examinations examinations, EvidenceLog log) {
    List<Examination> parts = examinations.all(run.examinations());
    Map<UUID, Evidence> evidence = new HashMap<>();
    for (VersionNumber about :
        parts.stream().map(Examination::version).collect(Collectors.toSet())) {
      log.of(run.model(), about).forEach(one -> evidence.put(one.id(), one));
    }
    return ValidationAnswer.of(run, parts, evidence);
  }
}
