package ai.matih.ml.serving.shadow.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.shadow.EndShadow;
import ai.matih.ml.serving.shadow.Shadow;
import ai.matih.ml.serving.shadow.Shadows;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
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

/** Versions that get copies of requests, and how their answers compare with the live ones. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}/shadows")
class ShadowController {

  private final Shadows shadows;
  private final EndShadow end;

  ShadowController(Shadows shadows, EndShadow end) {
    this.shadows = shadows;
    this.end = end;
  }

  /** Why; may be left out. */
  record EndShadowRequest(@Nullable @Size(max = 1000) String reason) {}

  /** Newest first. */
  @GetMapping
  @Allow(Permission.DEPLOYMENTS_READ)
  Page<ShadowView> list(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable Long version,
      PageRequest page) {
    if (version != null && version < 1) {
      throw Problem.invalid("version", "must be a version number");
    }
    return Page.cut(
            shadows.list(
                model(id), Optional.ofNullable(version), page.after(token -> token), page.limit()),
            page,
            shadow -> PageToken.of(shadow.id()))
        .map(this::view);
  }

  @GetMapping("/{shadow}")
  @Allow(Permission.DEPLOYMENTS_READ)
  ShadowView get(@PathVariable String id, @PathVariable String shadow) {
    return view(
        shadows
            .find(model(id), shadow)
            .orElseThrow(
                () ->
                    new Problem(ServingError.SHADOW_NOT_FOUND, "There is no such shadow.")
                        .with("shadow_id", shadow)));
  }

  /** The version gets no more copies. Its deployment stays, and so do the numbers. */
  @PostMapping("/{shadow}/end")
  @Allow(Permission.TRAFFIC_WRITE)
  @Idempotent
  ResponseEntity<ShadowView> end(
      @PathVariable String id,
      @PathVariable String shadow,
      @Valid @RequestBody(required = false) @Nullable EndShadowRequest request,
      Caller caller) {
    Optional<String> reason =
        Optional.ofNullable(request).map(EndShadowRequest::reason).filter(r -> !r.isBlank());
    return ResponseEntity.ok(
        view(
            end.end(
                model(id), shadow, reason.orElseGet(() -> "Ended by " + caller.actor() + "."))));
  }

  private ShadowView view(Shadow shadow) {
    return ShadowView.of(shadow, shadows.counts(shadow.id()));
  }

  private static ModelId model(String id) {
    if (!ModelId.isWellFormed(id)) {
      throw Problem.invalid("id", "must be a model's id");
    }
    return new ModelId(id);
  }
}
