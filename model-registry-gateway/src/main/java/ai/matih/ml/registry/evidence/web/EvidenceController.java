package ai.matih.ml.registry.evidence.web;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.evidence.Evidence;
import ai.matih.ml.registry.evidence.EvidenceLog;
import ai.matih.ml.registry.evidence.Examination;
import ai.matih.ml.registry.evidence.Examinations;
import ai.matih.ml.registry.evidence.RecordEvidence;
import ai.matih.ml.registry.evidence.Reports;
import ai.matih.ml.registry.evidence.RequestValidation;
import ai.matih.ml.registry.evidence.ValidationRun;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.validation.Valid;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
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
  private final Reports reports;
  private final RequestValidation requestValidation;
  private final Examinations examinations;
  private final Transactions transactions;

  EvidenceController(
      FindModel find,
      EvidenceLog log,
      RecordEvidence record,
      Reports reports,
      RequestValidation requestValidation,
      Examinations examinations,
      Transactions transactions) {
    this.find = find;
    this.log = log;
    this.record = record;
    this.reports = reports;
    this.requestValidation = requestValidation;
    this.examinations = examinations;
    this.transactions = transactions;
  }

  /**
   * Uploads a test report, or has a package of tests run on Ray. Both are repeatable: a report goes
   * to the object store before its evidence is recorded.
   */
  @PostMapping("/evidence")
  @Allow(Permission.MODELS_WRITE)
  @Idempotent(outside = true)
  @ApiResponse(
      responseCode = "200",
      description = "The report was recorded before; nothing of its kind came since",
      content = @Content(schema = @Schema(implementation = EvidenceAnswer.class)))
  @ApiResponse(
      responseCode = "201",
      description = "The report is recorded",
      content = @Content(schema = @Schema(implementation = EvidenceAnswer.class)))
  @ApiResponse(
      responseCode = "202",
      description = "The package of tests will be run; its outcome becomes evidence",
      content = @Content(schema = @Schema(implementation = ValidationAnswer.class)))
  ResponseEntity<Object> add(
      @PathVariable ModelId id,
      @PathVariable int version,
      @Valid @RequestBody NewEvidenceRequest request,
      Caller caller) {
    Optional<Examination.Subject.Tests> tests = request.tests();
    if (tests.isPresent()) {
      return transactions.call(
          () -> {
            ValidationRun run =
                requestValidation.requestTests(id, version, tests.get(), caller.actor());
            return ResponseEntity.accepted()
                .location(ValidationController.location(run))
                .body(ValidationController.answer(run, examinations, log));
          });
    }
    ModelVersion about = transactions.call(() -> find.version(id, version));
    RecordEvidence.Uploaded uploaded = record.upload(about, request.toUpload(), caller.actor());
    return ResponseEntity.status(uploaded.created() ? HttpStatus.CREATED : HttpStatus.OK)
        .location(
            URI.create("/api/v1/ml/" + about.path() + "/evidence/" + uploaded.evidence().id()))
        .body(EvidenceAnswer.of(uploaded.evidence()));
  }

  @GetMapping("/evidence")
  @Allow(Permission.MODELS_READ)
  Page<EvidenceAnswer> list(@PathVariable ModelId id, @PathVariable int version, PageRequest page) {
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
      @PathVariable ModelId id, @PathVariable int version, @PathVariable UUID evidence) {
    return EvidenceAnswer.of(find(id, version, evidence));
  }

  @GetMapping("/evidence/{evidence}/report")
  @Allow(Permission.MODELS_READ)
  @Operation(summary = "The report that the evidence was counted from, byte by byte as it came")
  @ApiResponse(
      responseCode = "200",
      description = "A JUnit or JSON report, to be saved and not shown",
      content = {
        @Content(
            mediaType = "application/xml",
            schema = @Schema(type = "string", format = "binary")),
        @Content(
            mediaType = "application/json",
            schema = @Schema(type = "string", format = "binary"))
      })
  ResponseEntity<byte[]> report(
      @PathVariable ModelId id, @PathVariable int version, @PathVariable UUID evidence) {
    Evidence found = find(id, version, evidence);
    if (found.reportBytes().isEmpty()) {
      throw new Problem(
              RegistryError.REPORT_NOT_KEPT,
              found.source() == Evidence.Source.PLATFORM
                  ? "The platform's own checks are all in the evidence."
                  : "Its tests left no report, or it was recorded when only digests were kept.")
          .with("evidence_id", evidence);
    }
    byte[] content =
        reports
            .find(found)
            .orElseThrow(
                () ->
                    new EngineFailure.Misbehaved(
                        "s3", 200, "has not the report behind evidence " + evidence));
    // Somebody else wrote it: no browser is to take it for a page, whatever is in it.
    return ResponseEntity.ok()
        .contentType(
            new MediaType("application", found.format().extension(), StandardCharsets.UTF_8))
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment()
                .filename("%s-%s.%s".formatted(found.kind(), evidence, found.format().extension()))
                .build()
                .toString())
        .header("X-Content-Type-Options", "nosniff")
        .header("Content-Security-Policy", "default-src 'none'; sandbox")
        .body(content);
  }

  private Evidence find(ModelId id, int version, UUID evidence) {
    return transactions.call(
        () -> {
          ModelVersion about = find.version(id, version);
          return log.of(about.model(), about.number()).stream()
              .filter(one -> one.id().equals(evidence))
              .findFirst()
              .orElseThrow(
                  () ->
                      new Problem(
                          RegistryError.EVIDENCE_NOT_FOUND,
                          "The version has no evidence " + evidence + "."));
        });
  }
}
