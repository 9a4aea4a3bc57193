package ai.matih.ml.registry.model.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.artifact.BundleStore;
import ai.matih.ml.registry.model.AddVersion;
import ai.matih.ml.registry.model.AddVersion.Added;
import ai.matih.ml.registry.model.AnswerCache;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.RegisterVersion.Registered;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.VersionOverrides;
import ai.matih.ml.registry.model.VersionOverrides.VersionOverride;
import ai.matih.ml.registry.model.VersionSummary;
import ai.matih.ml.registry.model.Versions;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Versions of a model. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}/versions")
class VersionController {

  private final AddVersion add;
  private final FindModel find;
  private final Versions versions;
  private final VersionOverrides overrides;
  private final BundleStore bundles;
  private final Transactions transactions;
  private final AnswerCache cache;

  VersionController(
      AddVersion add,
      FindModel find,
      Versions versions,
      VersionOverrides overrides,
      BundleStore bundles,
      Transactions transactions,
      AnswerCache cache) {
    this.add = add;
    this.find = find;
    this.versions = versions;
    this.overrides = overrides;
    this.bundles = bundles;
    this.transactions = transactions;
    this.cache = cache;
  }

  /**
   * Registers the model of a finished run, or has a logged model made a version by a job; 200 when
   * this very model was registered before.
   */
  @PostMapping
  @Allow(Permission.MODELS_WRITE)
  @Idempotent(outside = true)
  @ApiResponse(
      responseCode = "200",
      description = "This very model was registered before",
      content = @Content(schema = @Schema(implementation = VersionAnswer.class)))
  @ApiResponse(
      responseCode = "201",
      description = "The version is registered",
      content = @Content(schema = @Schema(implementation = VersionAnswer.class)))
  @ApiResponse(
      responseCode = "202",
      description = "A job makes a version of the logged model",
      content = @Content(schema = @Schema(implementation = PreparationAnswer.class)))
  ResponseEntity<?> register(
      @PathVariable ModelId id, @Valid @RequestBody NewVersionRequest request, Caller caller) {
    return switch (add.add(id, request.toRequest(), caller.actor())) {
      case Added.Version version -> answered(version.registered());
      case Added.ByJob job ->
          ResponseEntity.accepted()
              .location(URI.create("/api/v1/ml/training/jobs/" + job.preparation().jobId()))
              .body(PreparationAnswer.of(job.preparation()));
    };
  }

  private ResponseEntity<VersionAnswer> answered(Registered registered) {
    VersionAnswer answer = transactions.call(() -> answer(registered.version()));
    URI location = URI.create("/api/v1/ml/" + registered.version().path());
    return registered.created()
        ? ResponseEntity.created(location).body(answer)
        : ResponseEntity.ok().location(location).body(answer);
  }

  @GetMapping
  @Allow(Permission.MODELS_READ)
  Page<VersionSummaryAnswer> list(
      @PathVariable ModelId id,
      @RequestParam(required = false) @Nullable Stage stage,
      PageRequest page) {
    Optional<VersionNumber> below = page.after(token -> new VersionNumber(Integer.parseInt(token)));
    return cache.of(
        id,
        List.of("versions", Optional.ofNullable(stage), below, page.size()),
        (Page<VersionSummaryAnswer> answer) -> answer.items().size(),
        () -> transactions.call(() -> summaries(id, Optional.ofNullable(stage), below, page)));
  }

  private Page<VersionSummaryAnswer> summaries(
      ModelId model, Optional<Stage> stage, Optional<VersionNumber> below, PageRequest page) {
    List<VersionSummary> found =
        versions.summaries(find.model(model).id(), below, stage, page.limit());
    Map<VersionNumber, List<VersionOverride>> byVersion = overrides.of(model);
    return Page.cut(found, page, last -> PageToken.of(last.number()))
        .map(
            version ->
                VersionSummaryAnswer.of(
                    version, byVersion.getOrDefault(version.number(), List.of())));
  }

  @GetMapping("/{version}")
  @Allow(Permission.MODELS_READ)
  VersionAnswer get(@PathVariable ModelId id, @PathVariable int version) {
    return cache.of(
        id,
        List.of("version", version),
        _ -> 0,
        () -> transactions.call(() -> answer(find.version(id, version))));
  }

  private VersionAnswer answer(ModelVersion version) {
    return VersionAnswer.of(
        version,
        bundles.uri(version.bundle().digest()),
        overrides.of(version.model()).getOrDefault(version.number(), List.of()));
  }
}
