package ai.matih.ml.api.experiment.web;

import ai.matih.ml.api.experiment.Artifact;
import ai.matih.ml.api.experiment.CompareRuns;
import ai.matih.ml.api.experiment.Experiment;
import ai.matih.ml.api.experiment.MetricPoint;
import ai.matih.ml.api.experiment.Run;
import ai.matih.ml.api.experiment.RunId;
import ai.matih.ml.api.experiment.Tags;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What callers see of experiments and runs. */
final class Views {

  private Views() {}

  record ExperimentView(
      String id,
      String name,
      @Nullable String description,
      String lifecycleStage,
      String artifactLocation,
      Map<String, String> tags,
      Instant createdAt,
      Instant lastUpdated) {

    static ExperimentView of(Experiment experiment) {
      return new ExperimentView(
          experiment.id().value(),
          experiment.name(),
          experiment.tags().get(Tags.DESCRIPTION),
          experiment.lifecycleStage().name().toLowerCase(java.util.Locale.ROOT),
          experiment.artifactLocation(),
          shown(experiment.tags()),
          experiment.createdAt(),
          experiment.lastUpdated());
    }
  }

  record MetricView(double value, long step, Instant timestamp) {
    static MetricView of(MetricPoint point) {
      return new MetricView(point.value(), point.step(), point.timestamp());
    }
  }

  /**
   * A run.
   *
   * @param metrics the latest value of each
   */
  record RunView(
      String runId,
      String experimentId,
      String name,
      String status,
      String lifecycleStage,
      Instant startedAt,
      @Nullable Instant endedAt,
      Map<String, String> params,
      Map<String, MetricView> metrics,
      Map<String, String> tags) {

    static RunView of(Run run) {
      Map<String, MetricView> metrics = new TreeMap<>();
      run.metrics().forEach(point -> metrics.put(point.key(), MetricView.of(point)));
      return new RunView(
          run.id().value(),
          run.experimentId().value(),
          run.name(),
          run.status().name().toLowerCase(java.util.Locale.ROOT),
          run.lifecycleStage().name().toLowerCase(java.util.Locale.ROOT),
          run.startedAt(),
          run.endedAt().orElse(null),
          new TreeMap<>(run.params()),
          metrics,
          shown(run.tags()));
    }
  }

  record MetricPointView(double value, long step, Instant timestamp) {
    static MetricPointView of(MetricPoint point) {
      return new MetricPointView(point.value(), point.step(), point.timestamp());
    }
  }

  record ArtifactView(String path, String kind, @Nullable Long sizeBytes) {
    static ArtifactView of(Artifact artifact) {
      return new ArtifactView(
          artifact.path(),
          artifact.isDirectory() ? "directory" : "file",
          artifact.sizeBytes().isPresent() ? artifact.sizeBytes().getAsLong() : null);
    }
  }

  record LoggedView(int params, int tags, int metrics) {}

  record ParamComparisonView(String key, Map<String, String> values) {}

  record MetricComparisonView(
      String key, String direction, Map<String, Double> values, @Nullable String bestRunId) {}

  /**
   * Runs side by side.
   *
   * @param differingParams parameters whose values are not the same in all runs
   */
  record ComparisonView(
      List<RunSummary> runs,
      List<ParamComparisonView> differingParams,
      List<MetricComparisonView> metrics) {

    static ComparisonView of(List<Run> runs, CompareRuns.Comparison comparison) {
      return new ComparisonView(
          runs.stream().map(RunSummary::of).toList(),
          comparison.differingParams().stream()
              .map(param -> new ParamComparisonView(param.key(), byText(param.values())))
              .toList(),
          comparison.metrics().stream()
              .map(
                  metric ->
                      new MetricComparisonView(
                          metric.key(),
                          metric.direction().name().toLowerCase(java.util.Locale.ROOT),
                          byText(metric.values()),
                          metric.best().map(RunId::value).orElse(null)))
              .toList());
    }
  }

  record RunSummary(String runId, String experimentId, String name, String status) {
    static RunSummary of(Run run) {
      return new RunSummary(
          run.id().value(),
          run.experimentId().value(),
          run.name(),
          run.status().name().toLowerCase(java.util.Locale.ROOT));
    }
  }

  private static <V> Map<String, V> byText(Map<RunId, V> values) {
    Map<String, V> byText = new LinkedHashMap<>();
    values.forEach((run, value) -> byText.put(run.value(), value));
    return byText;
  }

  /** The fingerprint of the making request is nobody's business. */
  private static Map<String, String> shown(Map<String, String> tags) {
    Map<String, String> shown = new TreeMap<>(tags);
    shown.remove(Tags.REQUEST);
    return shown;
  }

  static Optional<String> text(@Nullable String text) {
    return Optional.ofNullable(text).filter(t -> !t.isBlank());
  }
}
