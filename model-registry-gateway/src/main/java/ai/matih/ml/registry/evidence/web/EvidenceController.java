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
import ai.matih.ml.registry.evidence.Examination;
import ai.matih.ml.registry.evidence.Examinations;
import ai.matih.ml.registry.evidence.RecordEvidence;
import ai.matih.ml.registry.evidence.RequestTests;
import ai.matih.ml.registry.evidence.ValidationRun;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelVersion;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
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
  private final RequestTests requestTests;
  private final Examinations examinations;
  private final Transactions transactions;

  EvidenceController(
      FindModel find,
      EvidenceLog log,
      RecordEvidence record,
      RequestTests requestTests,
      Examinations examinations,
      Transactions transactions) {
    this.find = find;
    this.log = log;
    this.record = record;
    this.requestTests = requestTests;
    this.examinations = examinations;
    this.transactions = transactions;
  }

  /** Uploads a test report, or has a package of tests run on Ray. */
  @PostMapping("/evidence")
  @Allow(Permission.MODELS_WRITE)
  @Idempotent
  @ApiResponse(
      responseCode = "201",
      description = "The report is recorded",
      content = @Content(schema = @Schema(implementation = EvidenceAnswer.class)))
  @ApiResponse(
      responseCode = "202",
      description = "The package of tests will be run; its outcome becomes evidence",
      content = @Content(schema = @Schema(implementation = ValidationAnswer.class)))
  ResponseEntity<Object> add(
      @PathVariable String id,
      @PathVariable int version,
      @Valid @RequestBody NewEvidenceRequest request,
      Caller caller) {
    Optional<Examination.Subject.Tests> tests = request.tests();
    if (tests.isPresent()) {
      ValidationRun run =
          requestTests.request(
              ValidationController.modelId(id), version, tests.get(), caller.actor());
      return ResponseEntity.accepted()
          .location(ValidationController.location(run))
          .body(ValidationController.answer(run, examinations, log));
    }
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
}
