package ai.matih.ml.serving.bundlecheck.web;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.serving.bundlecheck.Check;
import ai.matih.ml.serving.bundlecheck.CheckBundle;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.ArtifactAddress;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.EngineSettings;
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

/** Checks bundles on behalf of the registry. */
@RestController
@RequestMapping("/api/v1/ml/deployments/bundle-checks")
class BundleCheckController {

  private static final Duration LONGEST_BUDGET = Duration.ofSeconds(10);

  private final CheckBundle check;
  private final EngineSettings engine;

  BundleCheckController(CheckBundle check, EngineSettings engine) {
    this.check = check;
    this.engine = engine;
  }

  record BundleCheckRequest(
      @NotNull(message = "is required") String modelId,
      @NotNull(message = "is required") @Min(1) Long version,
      @NotNull(message = "is required") @Valid ArtifactRequest artifact,
      @Nullable Duration latencyBudget,
      @Nullable String engine) {}

  record ArtifactRequest(
      @NotNull(message = "is required") String uri,
      @NotNull(message = "is required") String digest,
      @NotNull(message = "is required") Map<String, String> files) {}

  record BundleCheckAnswer(List<CheckView> checks) {}

  record CheckView(String name, String outcome, String detail, Map<String, Object> measured) {}

  @PostMapping
  @Allow(Permission.INTERNAL_CALL)
  BundleCheckAnswer run(@Valid @RequestBody BundleCheckRequest request, Caller caller) {
    Optional<Duration> budget = Optional.ofNullable(request.latencyBudget());
    if (budget.isPresent()
        && (!budget.get().isPositive() || budget.get().compareTo(LONGEST_BUDGET) > 0)) {
      throw Problem.invalid("latency_budget", "must be above PT0S up to " + LONGEST_BUDGET);
    }
    List<Check> checks =
        check.of(
            () -> {
              Artifact artifact = artifact(request.artifact());
              ArtifactAddress.requireOwn(artifact, caller.tenant(), engine.modelsBucket());
              return artifact;
            },
            budget,
            engine(request.engine()));
    return new BundleCheckAnswer(checks.stream().map(BundleCheckController::view).toList());
  }

  private static EngineName engine(@Nullable String name) {
    if (name == null) {
      return EngineName.ONNX;
    }
    if (!EngineName.isWellFormed(name)) {
      throw Problem.invalid("engine", "must be the name of an engine");
    }
    return new EngineName(name);
  }

  private static Artifact artifact(ArtifactRequest request) {
    try {
      return new Artifact(request.uri(), new Digest(request.digest()), request.files());
    } catch (IllegalArgumentException _) {
      throw new BundleRefused(
          BundleRefused.Part.DIGEST, "A digest reads sha256: and 64 hexadecimal digits.");
    }
  }

  private static CheckView view(Check check) {
    return new CheckView(
        check.name().wireName(), check.outcome().wireName(), check.detail(), check.measured());
  }
}
