package ai.matih.ml.serving.abtest.web;

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
import ai.matih.ml.serving.abtest.AbTest;
import ai.matih.ml.serving.abtest.AbTestDesignForm;
import ai.matih.ml.serving.abtest.AbTestDesignForm.GuardrailForm;
import ai.matih.ml.serving.abtest.AbTestDesignForm.MetricForm;
import ai.matih.ml.serving.abtest.AbTests;
import ai.matih.ml.serving.abtest.EndTest;
import ai.matih.ml.serving.abtest.StartTest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
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

/** The A/B tests of a model. */
@RestController
@RequestMapping("/api/v1/ml/models/{id}/ab-tests")
class AbTestController {

  private final AbTests tests;
  private final StartTest start;
  private final EndTest end;

  AbTestController(AbTests tests, StartTest start, EndTest end) {
    this.tests = tests;
    this.start = start;
    this.end = end;
  }

  /**
   * A test of a deployed version against the Production version that gets the traffic.
   *
   * @param version the challenger
   * @param weightBps its share of the units, in basis points
   */
  record AbTestRequest(
      @NotNull(message = "is required") @Min(1) Long version,
      @NotNull(message = "is required") @Min(1) @Max(9_999) Integer weightBps,
      @Nullable MetricForm metric,
      @Nullable Double alpha,
      @Nullable Double expectedDifference,
      @Nullable Double margin,
      @Nullable List<@Nullable GuardrailForm> guardrails,
      @Nullable String maxDuration) {}

  /** Why a test ends; may be left out. */
  record EndRequest(@Nullable @Size(max = 1000) String reason) {}

  @PostMapping
  @Allow(Permission.TRAFFIC_WRITE)
  @Idempotent
  @Answers(201)
  ResponseEntity<AbTestView> start(
      @PathVariable String id, @Valid @RequestBody AbTestRequest request, Caller caller) {
    AbTestDesignForm form =
        new AbTestDesignForm(
            request.metric(),
            request.alpha(),
            request.expectedDifference(),
            request.margin(),
            request.guardrails(),
            request.maxDuration());
    AbTest test =
        start.now(
            model(id), request.version(), form.design(request.weightBps(), ""), caller.actor());
    return ResponseEntity.created(
            URI.create("/api/v1/ml/models/%s/ab-tests/%s".formatted(test.model(), test.id())))
        .body(AbTestView.of(test));
  }

  @GetMapping
  @Allow(Permission.DEPLOYMENTS_READ)
  Page<AbTestView> list(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable Long version,
      PageRequest page) {
    if (version != null && version < 1) {
      throw Problem.invalid("version", "must be a version number");
    }
    return Page.cut(
            tests.list(
                model(id), Optional.ofNullable(version), page.after(token -> token), page.limit()),
            page,
            test -> PageToken.of(test.id()))
        .map(AbTestView::of);
  }

  @GetMapping("/{test}")
  @Allow(Permission.DEPLOYMENTS_READ)
  AbTestView get(@PathVariable String id, @PathVariable String test) {
    return AbTestView.of(
        tests
            .find(model(id), test)
            .orElseThrow(
                () ->
                    new Problem(ServingError.AB_TEST_NOT_FOUND, "There is no such A/B test.")
                        .with("ab_test_id", test)));
  }

  /** Takes the verdict of this moment as the final one; every unit stays where it is. */
  @PostMapping("/{test}/conclude")
  @Allow(Permission.TRAFFIC_WRITE)
  @Idempotent
  ResponseEntity<AbTestView> conclude(
      @PathVariable String id,
      @PathVariable String test,
      @Valid @RequestBody(required = false) @Nullable EndRequest request,
      Caller caller) {
    return ResponseEntity.ok(
        AbTestView.of(end.conclude(model(id), test, reason(request), caller.actor())));
  }

  /** Breaks it off and gives the traffic back to control. */
  @PostMapping("/{test}/stop")
  @Allow(Permission.TRAFFIC_WRITE)
  @Idempotent
  ResponseEntity<AbTestView> stop(
      @PathVariable String id,
      @PathVariable String test,
      @Valid @RequestBody(required = false) @Nullable EndRequest request,
      Caller caller) {
    return ResponseEntity.ok(
        AbTestView.of(end.stop(model(id), test, reason(request), caller.actor())));
  }

  private static Optional<String> reason(@Nullable EndRequest request) {
    return request == null ? Optional.empty() : Optional.ofNullable(request.reason());
  }

  private static ModelId model(String id) {
    if (!ModelId.isWellFormed(id)) {
      throw Problem.invalid("id", "must be a model's id");
    }
    return new ModelId(id);
  }
}
