package ai.matih.ml.registry.evidence.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.Transactions;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.EvidenceLog;
import ai.matih.ml.registry.evidence.RecordEvidence;
import ai.matih.ml.registry.evidence.RequestValidation;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Validation;
import ai.matih.ml.registry.model.VersionNumber;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Evidence of a version. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}/versions/{version}")
class EvidenceController {

  private final FindModel find;
  private final EvidenceLog log;
  private final RecordEvidence record;
  private final RequestValidation requestValidation;
  private final Transactions transactions;

  EvidenceController(
      FindModel find,
      EvidenceLog log,
      RecordEvidence record,
      RequestValidation requestValidation,
      Transactions transactions) {
    this.find = find;
    this.log = log;
    this.record = record;
    this.requestValidation = requestValidation;
    this.transactions = transactions;
  }

  /** Where the checks of a version stand. */
  record ValidationAnswer(ModelId modelId, VersionNumber version, Validation status) {}

  /** Uploads a test report. */
  @PostMapping("/evidence")
  @Allow(Permission.MODELS_WRITE)
  @Idempotent
  ResponseEntity<EvidenceAnswer> upload(
      @PathVariable String id,
      @PathVariable int version,
      @Valid @RequestBody NewEvidenceRequest request,
      Caller caller) {
    ModelVersion about = find.version(id, version);
    Evidence evidence = record.upload(about, request.toUpload(), caller.actor());
    return ResponseEntity.created(
            URI.create("/api/v1/ml/" + about.path() + "/evidence/" + evidence.id()))
        .body(EvidenceAnswer.of(evidence));
  }

  @GetMapping("/evidence")
  @Allow(Permission.MODELS_READ)
  Page<EvidenceAnswer> list(@PathVariable String id, @PathVariable int version, PageRequest page) {
    return transactions.call(
        () -> {
          ModelVersion about = find.version(id, version);
          Optional<UUID> after = page.after(UUID::fromString);
          List<Evidence> all = log.of(about.model(), about.number());
          int from =
              after
                  .map(last -> all.stream().map(Evidence::id).toList().indexOf(last) + 1)
                  .orElse(0);
          return Page.cut(
                  all.stream().skip(from).limit(page.limit()).toList(),
                  page,
                  last -> PageToken.of(last.id()))
              .map(EvidenceAnswer::of);
        });
  }

  @GetMapping("/evidence/{evidence}")
  @Allow(Permission.MODELS_READ)
  EvidenceAnswer get(
      @PathVariable String id, @PathVariable int version, @PathVariable UUID evidence) {
    return transactions.call(
        () -> {
          ModelVersion about = find.version(id, version);
          return log.of(about.model(), about.number()).stream()
              .filter(one -> one.id().equals(evidence))
              .findFirst()
              .map(EvidenceAnswer::of)
              .orElseThrow(
                  () ->
                      new Problem(
                          RegistryError.EVIDENCE_NOT_FOUND,
                          "The version has no evidence " + evidence + "."));
        });
  }

  /** Asks for the platform's checks again; the evidence list shows their outcome. */
  @PostMapping("/validate")
  @Allow(Permission.MODELS_WRITE)
  @Idempotent
  ResponseEntity<ValidationAnswer> validate(@PathVariable String id, @PathVariable int version) {
    ModelVersion asked = requestValidation.request(modelId(id), version);
    return ResponseEntity.accepted()
        .location(URI.create("/api/v1/ml/" + asked.path()))
        .body(new ValidationAnswer(asked.model(), asked.number(), asked.validation()));
  }

  private static ModelId modelId(String id) {
    try {
      return new ModelId(id);
    } catch (IllegalArgumentException e) {
      throw new Problem(RegistryError.MODEL_NOT_FOUND, "There is no model of this id.");
    }
  }
}
