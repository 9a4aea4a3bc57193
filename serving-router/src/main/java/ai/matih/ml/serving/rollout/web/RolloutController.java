package ai.matih.ml.serving.rollout.web;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.web.Answers;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.rollout.GradualRollout;
import ai.matih.ml.serving.rollout.GradualRollouts;
import ai.matih.ml.serving.rollout.RolloutDesignForm;
import ai.matih.ml.serving.rollout.RolloutDesignForm.BreakerForm;
import ai.matih.ml.serving.rollout.RolloutDesignForm.ErrorsForm;
import ai.matih.ml.serving.rollout.RolloutDesignForm.FreezeForm;
import ai.matih.ml.serving.rollout.RolloutDesignForm.LatencyForm;
import ai.matih.ml.serving.rollout.RolloutDesignForm.QualityForm;
import ai.matih.ml.serving.rollout.RolloutDesignForm.StepForm;
import ai.matih.ml.serving.rollout.StartRollout;
import ai.matih.ml.serving.rollout.SteerRollout;
import ai.matih.ml.serving.rollout.SteerRollout.Act;
import ai.matih.ml.serving.rollout.SteerRollout.PromoteTo;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The roll-outs of a model that advance by themselves. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}/rollouts")
class RolloutController {

  private static final Pattern ETAG = Pattern.compile("\"?(\\d{1,18})\"?");

  private final GradualRollouts rollouts;
  private final StartRollout start;
  private final SteerRollout steer;

  RolloutController(GradualRollouts rollouts, StartRollout start, SteerRollout steer) {
    this.rollouts = rollouts;
    this.start = start;
    this.steer = steer;
  }

  /**
   * A roll-out of a deployed version beside the one version that gets the traffic.
   *
   * @param version the canary
   * @param steps 1 to 20, each with a larger share than the one before
   * @param errors how server errors are judged
   * @param latency how slow answers are judged
   * @param quality how outcomes are judged; left out, they are not
   * @param breaker ends a canary that fails grossly, without any comparison
   * @param alpha how often a canary that is as good as the stable version is sent back, at most
   * @param freeze when no step is taken by itself
   * @param maxDuration ISO 8601; a roll-out that did not finish by then goes back
   */
  record RolloutRequest(
      @NotNull(message = "is required") @Min(1) Long version,
      @NotNull(message = "is required") List<@Nullable StepForm> steps,
      @Nullable ErrorsForm errors,
      @Nullable LatencyForm latency,
      @Nullable QualityForm quality,
      @Nullable BreakerForm breaker,
      @Nullable Double alpha,
      @Nullable List<@Nullable FreezeForm> freeze,
      @Nullable String maxDuration) {

    RolloutDesignForm form() {
      return new RolloutDesignForm(
          steps, errors, latency, quality, breaker, alpha, freeze, maxDuration);
    }
  }

  /** Why; may be left out. */
  record RolloutActRequest(@Nullable @Size(max = 1000) String reason) {}

  /**
   * How far, and why.
   *
   * @param to {@code last} takes the last step now and ends the roll-out, {@code next} takes the
   *     next one; {@code last} when left out
   */
  record PromoteRolloutRequest(@Nullable String to, @Nullable @Size(max = 1000) String reason) {}

  @PostMapping
  @Allow(Permission.TRAFFIC_WRITE)
  @Idempotent
  @Answers(201)
  ResponseEntity<RolloutView> start(
      @PathVariable String id, @Valid @RequestBody RolloutRequest request, Caller caller) {
    GradualRollout rollout =
        start.now(model(id), request.version(), request.form().design(""), caller.actor());
    return ResponseEntity.created(
            URI.create("/api/v1/ml/models/%s/rollouts/%s".formatted(rollout.model(), rollout.id())))
        .eTag(etag(rollout))
        .body(RolloutView.of(rollout));
  }

  @GetMapping
  @Allow(Permission.DEPLOYMENTS_READ)
  Page<RolloutView> list(@PathVariable String id, PageRequest page) {
    return Page.cut(
            rollouts.list(model(id), page.after(token -> token), page.limit()),
            page,
            rollout -> PageToken.of(rollout.id()))
        .map(RolloutView::of);
  }

  @GetMapping("/{rollout}")
  @Allow(Permission.DEPLOYMENTS_READ)
  ResponseEntity<RolloutView> get(@PathVariable String id, @PathVariable String rollout) {
    return answer(
        rollouts
            .find(model(id), rollout)
            .orElseThrow(
                () ->
                    new Problem(ServingError.ROLLOUT_NOT_FOUND, "There is no such roll-out.")
                        .with("rollout_id", rollout)));
  }

  /** Takes no step by itself until it is resumed; it is judged as ever. */
  @PostMapping("/{rollout}/pause")
  @Allow(Permission.TRAFFIC_WRITE)
  @Idempotent
  ResponseEntity<RolloutView> pause(
      @PathVariable String id,
      @PathVariable String rollout,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @Valid @RequestBody(required = false) @Nullable RolloutActRequest request,
      Caller caller) {
    return answer(steer.pause(model(id), rollout, act(request, ifMatch, caller)));
  }

  @PostMapping("/{rollout}/resume")
  @Allow(Permission.TRAFFIC_WRITE)
  @Idempotent
  ResponseEntity<RolloutView> resume(
      @PathVariable String id,
      @PathVariable String rollout,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @Valid @RequestBody(required = false) @Nullable RolloutActRequest request,
      Caller caller) {
    return answer(steer.resume(model(id), rollout, act(request, ifMatch, caller)));
  }

  /** Gives the traffic back to the stable version, also within a freeze. */
  @PostMapping("/{rollout}/abort")
  @Allow(Permission.TRAFFIC_WRITE)
  @Idempotent
  ResponseEntity<RolloutView> abort(
      @PathVariable String id,
      @PathVariable String rollout,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @Valid @RequestBody(required = false) @Nullable RolloutActRequest request,
      Caller caller) {
    return answer(steer.abort(model(id), rollout, act(request, ifMatch, caller)));
  }

  /**
   * Takes a step now: neither time nor evidence nor a freeze holds it, only what a stage allows.
   */
  @PostMapping("/{rollout}/promote")
  @Allow(Permission.TRAFFIC_WRITE)
  @Idempotent
  ResponseEntity<RolloutView> promote(
      @PathVariable String id,
      @PathVariable String rollout,
      @RequestHeader(name = "If-Match", required = false) @Nullable String ifMatch,
      @Valid @RequestBody(required = false) @Nullable PromoteRolloutRequest request,
      Caller caller) {
    PromoteRolloutRequest given = request == null ? new PromoteRolloutRequest(null, null) : request;
    PromoteTo to =
        switch (given.to() == null ? "last" : given.to()) {
          case "last" -> PromoteTo.LAST;
          case "next" -> PromoteTo.NEXT;
          default -> throw Problem.invalid("to", "must be next or last");
        };
    return answer(
        steer.promote(
            model(id), rollout, to, act(new RolloutActRequest(given.reason()), ifMatch, caller)));
  }

  private static Act act(
      @Nullable RolloutActRequest request, @Nullable String ifMatch, Caller caller) {
    return new Act(
        caller.actor(),
        request == null ? Optional.empty() : Optional.ofNullable(request.reason()),
        Optional.ofNullable(ifMatch).map(RolloutController::revision));
  }

  private static long revision(String ifMatch) {
    Matcher etag = ETAG.matcher(ifMatch);
    if (!etag.matches()) {
      throw Problem.invalid("If-Match", "must be the ETag of the roll-out, such as \"3\"");
    }
    return Long.parseLong(etag.group(1));
  }

  private static ResponseEntity<RolloutView> answer(GradualRollout rollout) {
    return ResponseEntity.ok().eTag(etag(rollout)).body(RolloutView.of(rollout));
  }

  private static String etag(GradualRollout rollout) {
    return "\"" + rollout.revision() + "\"";
  }

  private static ModelId model(String id) {
    if (!ModelId.isWellFormed(id)) {
      throw Problem.invalid("id", "must be a model's id");
    }
    return new ModelId(id);
  }
}
