package ai.matih.ml.api.mlflow;

import ai.matih.ml.api.experiment.ArtifactPath;
import ai.matih.ml.api.experiment.ExperimentId;
import ai.matih.ml.api.experiment.RunId;
import ai.matih.ml.common.tenant.Tenant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A path in MLflow's artifact store as its clients write it: {@code
 * workspaces/<tenant>/<experiment>/<run>/artifacts/…}, {@code
 * workspaces/<tenant>/<experiment>/models/<model>/artifacts/…} or {@code
 * workspaces/<tenant>/<experiment>/traces/<trace>/artifacts/…}.
 */
sealed interface ArtifactAddress {

  /** What stands before the id of an owner that is no run. */
  Set<String> OWNERS = Set.of("models", "traces");

  ExperimentId experiment();

  ArtifactPath path();

  /** A run's file. */
  record OfRun(ExperimentId experiment, RunId run, ArtifactPath path) implements ArtifactAddress {}

  /** A logged model's file. */
  record OfModel(ExperimentId experiment, String modelId, ArtifactPath path)
      implements ArtifactAddress {}

  /** What a trace's spans hold, written by the client that made it. */
  record OfTrace(ExperimentId experiment, String traceId, ArtifactPath path)
      implements ArtifactAddress {}

  /**
   * @param path decoded
   * @return empty for every other form, and for another tenant's files
   */
  static Optional<ArtifactAddress> parse(String path, Tenant tenant) {
    Optional<ArtifactPath> whole = ArtifactPath.fromRoot(path);
    if (whole.isEmpty() || !isWellFormed(path)) {
      return Optional.empty();
    }
    List<String> parts = whole.get().segments();
    if (parts.size() < 5
        || !parts.get(0).equals("workspaces")
        || !parts.get(1).equals(tenant.slug())) {
      return Optional.empty();
    }
    Optional<ExperimentId> experiment = ExperimentId.parse(parts.get(2));
    if (experiment.isEmpty()) {
      return Optional.empty();
    }
    if (parts.get(4).equals("artifacts")) {
      return RunId.parse(parts.get(3)).map(run -> new OfRun(experiment.get(), run, whole.get()));
    }
    if (parts.size() < 6 || !parts.get(5).equals("artifacts")) {
      return Optional.empty();
    }
    String id = parts.get(4);
    if (parts.get(3).equals("models") && Field.MODEL_ID.acceptsText(id)) {
      return Optional.of(new OfModel(experiment.get(), id, whole.get()));
    }
    return parts.get(3).equals("traces") && Field.TRACE_ID.acceptsText(id)
        ? Optional.of(new OfTrace(experiment.get(), id, whole.get()))
        : Optional.empty();
  }

  /** Whether a path could name something; {@link #parse} says whether it names something here. */
  static boolean isWellFormed(String path) {
    return ArtifactPath.fromRoot(path)
        .filter(
            whole -> {
              int root =
                  whole.segments().size() > 3 && OWNERS.contains(whole.segments().get(3)) ? 6 : 5;
              return whole.segments().size() <= root || whole.below(root).isPresent();
            })
        .isPresent();
  }

  /** Whether it names a file and not one of the two roots. */
  default boolean isBelowRoot() {
    return switch (this) {
      case OfRun run -> run.path().segments().size() > 5;
      case OfModel model -> model.path().segments().size() > 6;
      case OfTrace trace -> trace.path().segments().size() > 6;
    };
  }
}
