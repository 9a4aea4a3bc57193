package ai.matih.ml.serving.traffic.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.traffic.Acknowledgements;
import ai.matih.ml.serving.traffic.Acknowledgements.RouterRevision;
import ai.matih.ml.serving.traffic.ChangeTraffic;
import ai.matih.ml.serving.traffic.ChangeTraffic.Wanted;
import ai.matih.ml.serving.traffic.ReturnTraffic;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import ai.matih.ml.serving.traffic.Weight;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who gets how much of a model. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}/traffic")
class TrafficController {

  private static final java.util.regex.Pattern ETAG =
      java.util.regex.Pattern.compile("\"?(\\d{1,18})\"?");

  private final TrafficDocuments documents;
  private final ChangeTraffic change;
  private final ReturnTraffic back;
  private final Acknowledgements acknowledgements;

  TrafficController(
      TrafficDocuments documents,
      ChangeTraffic change,
      ReturnTraffic back,
      Acknowledgements acknowledgements) {
    this.documents = documents;
    this.change = change;
    this.back = back;
    this.acknowledgements = acknowledgements;
  }

  /** The wanted traffic; weights are basis points that sum to 10,000. */
  record TrafficRequest(
      @NotNull @Size(min = 1, max = 20, message = "must list 1 to 20 targets")
          List<@Valid TargetRequest> targets,
      @Nullable @Size(max = 1000) String reason) {}

  record TargetRequest(
      @NotNull(message = "is required") @Min(1) Long version,
      @NotNull(message = "is required") @Min(0) @Max(10_000) Integer weightBps,
      @Nullable
          @Size(max = 32)
          @Pattern(
              regexp = "[a-z][a-z0-9]*(-[a-z0-9]+)*",
              message = "must be lower case letters, digits and single hyphens")
          String variant) {}

  /**
   * Which version gets everything back.
   *
   * @param restoreId the caller's name for this restore; the same again changes nothing
   */
  record RestoreRequest(
      @NotNull(message = "is required") @Min(1) Long version,
      @NotBlank(message = "is required") @Size(max = 1000) String reason,
      @NotBlank(message = "is required") @Size(max = 100) String restoreId) {}

  /** Why traffic goes back; may be left out. */
  record ReturnRequest(@Nullable @Size(max = 1000) String reason) {}

  record TrafficView(
      String modelId,
      long revision,
      List<TargetView> targets,
      boolean acknowledgedByAll,
      List<RouterView> routers,
      @Nullable String cause,
      @Nullable String reason,
      @Nullable String changedBy,
      @Nullable String changedAt,
      @Nullable String abTestId) {}

  record TargetView(long version, String deploymentId, String variant, int weightBps) {}

  record RouterView(String id, long revision, boolean fresh) {}

  @GetMapping
  @Allow(Permission.DEPLOYMENTS_READ)
  ResponseEntity<TrafficView> get(@PathVariable String id) {
    ModelId model = model(id);
    return answer(
        documents
            .current(model)
            .orElseThrow(
                () ->
                    new Problem(
                            ServingError.MODEL_NOT_SERVED,
                            "Model %s was never deployed here.".formatted(model))
                        .with("model_id", model.value())));
  }

  @PutMapping
  @Allow(Permission.TRAFFIC_WRITE)
  ResponseEntity<TrafficView> put(
      @PathVariable String id,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @Valid @RequestBody TrafficRequest request,
      Caller caller) {
    ModelId model = model(id);
    long expected = revision(ifMatch);
    List<Wanted> wanted =
        request.targets().stream()
            .map(
                target ->
                    new Wanted(
                        target.version(),
                        Optional.ofNullable(target.variant()),
                        new Weight(target.weightBps())))
            .toList();
    return answer(
        change.to(model, wanted, expected, Optional.ofNullable(request.reason()), caller.actor()));
  }

  @PostMapping("/abort")
  @Allow(Permission.TRAFFIC_WRITE)
  @Idempotent
  ResponseEntity<TrafficView> abort(
      @PathVariable String id,
      @Valid @RequestBody(required = false) @Nullable ReturnRequest request,
      Caller caller) {
    return answer(back.toStable(model(id), reason(request), caller.actor()));
  }

  @PostMapping("/rollback")
  @Allow(Permission.TRAFFIC_WRITE)
  @Idempotent
  ResponseEntity<TrafficView> rollback(
      @PathVariable String id,
      @Valid @RequestBody(required = false) @Nullable ReturnRequest request,
      Caller caller) {
    return answer(back.toPrevious(model(id), reason(request), caller.actor()));
  }

  /**
   * The traffic's half of the registry's rollback; repeatable by the id that the registry gives.
   */
  @PostMapping("/restore")
  @Allow(Permission.INTERNAL_CALL)
  ResponseEntity<TrafficView> restore(
      @PathVariable String id, @Valid @RequestBody RestoreRequest request, Caller caller) {
    return answer(
        back.toVersion(
            model(id), request.version(), request.reason(), request.restoreId(), caller.actor()));
  }

  private static Optional<String> reason(@Nullable ReturnRequest request) {
    return request == null ? Optional.empty() : Optional.ofNullable(request.reason());
  }

  private static ModelId model(String id) {
    if (!ModelId.isWellFormed(id)) {
      throw Problem.invalid("id", "must be a model's id");
    }
    return new ModelId(id);
  }

  private static long revision(@Nullable String ifMatch) {
    if (ifMatch == null) {
      throw new Problem(
          CommonError.REVISION_REQUIRED,
          "Send the revision that you change as If-Match; GET the traffic to learn it.");
    }
    java.util.regex.Matcher etag = ETAG.matcher(ifMatch);
    if (!etag.matches()) {
      throw Problem.invalid("If-Match", "must be the ETag of the traffic, such as \"3\"");
    }
    return Long.parseLong(etag.group(1));
  }

  private ResponseEntity<TrafficView> answer(TrafficDocument document) {
    List<RouterRevision> routers = acknowledgements.of(document.model());
    boolean published = document.revision() > 0;
    return ResponseEntity.ok()
        .eTag("\"" + document.revision() + "\"")
        .body(
            new TrafficView(
                document.model().value(),
                document.revision(),
                document.split().targets().stream()
                    .map(
                        t ->
                            new TargetView(
                                t.version(), t.deploymentId(), t.variant(), t.weight().bps()))
                    .toList(),
                routers.stream().allMatch(r -> r.fresh() && r.revision() >= document.revision()),
                routers.stream()
                    .map(r -> new RouterView(r.router(), r.revision(), r.fresh()))
                    .toList(),
                published ? document.cause().name().toLowerCase(java.util.Locale.ROOT) : null,
                document.reason().orElse(null),
                published ? document.changedBy() : null,
                published ? document.changedAt().toString() : null,
                document.test().orElse(null)));
  }
}
