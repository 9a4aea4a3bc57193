package ai.matih.ml.serving.trial.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.BundleDigest;
import ai.matih.ml.serving.engine.BundleRefused;
import ai.matih.ml.serving.engine.EngineSettings;
import ai.matih.ml.serving.engine.s3.S3Bundles;
import ai.matih.ml.serving.trial.Check;
import ai.matih.ml.serving.trial.RunTrial;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Trials on behalf of the registry. */
@RestController
@RequestMapping("/api/v1/ml/deployments/trials")
class TrialController {

  private static final Duration LONGEST_BUDGET = Duration.ofSeconds(10);

  private final RunTrial trial;
  private final EngineSettings engine;

  TrialController(RunTrial trial, EngineSettings engine) {
    this.trial = trial;
    this.engine = engine;
  }

  record TrialRequest(
      @NotNull(message = "is required") String modelId,
      @NotNull(message = "is required") @Min(1) Long version,
      @NotNull(message = "is required") @Valid ArtifactRequest artifact,
      @Nullable Duration latencyBudget) {}

  record ArtifactRequest(
      @NotNull(message = "is required") String uri,
      @NotNull(message = "is required") String digest,
      @NotNull(message = "is required") Map<String, String> files) {}

  record TrialAnswer(List<CheckView> checks) {}

  record CheckView(String name, String outcome, String detail, Map<String, Object> measured) {}

  @PostMapping
  @Allow(Permission.INTERNAL_CALL)
  TrialAnswer run(@Valid @RequestBody TrialRequest request, Caller caller) {
    Optional<Duration> budget = Optional.ofNullable(request.latencyBudget());
    if (budget.isPresent()
        && (!budget.get().isPositive() || budget.get().compareTo(LONGEST_BUDGET) > 0)) {
      throw Problem.invalid("latency_budget", "must be above PT0S up to " + LONGEST_BUDGET);
    }
    List<Check> checks =
        trial.of(
            () -> {
              Artifact artifact = artifact(request.artifact());
              S3Bundles.requireOwn(artifact, caller.tenant(), engine.modelsBucket());
              return artifact;
            },
            budget);
    return new TrialAnswer(checks.stream().map(TrialController::view).toList());
  }

  private static Artifact artifact(ArtifactRequest request) {
    try {
      return new Artifact(request.uri(), new BundleDigest(request.digest()), request.files());
    } catch (IllegalArgumentException e) {
      throw new BundleRefused(BundleRefused.Part.DIGEST, String.valueOf(e.getMessage()));
    }
  }

  private static CheckView view(Check check) {
    return new CheckView(
        check.name().wireName(),
        check.passed() ? "passed" : "failed",
        check.detail(),
        check.measured());
  }
}
