package ai.matih.ml.api.experiment.mlflow;

import ai.matih.ml.api.experiment.Artifact;
import ai.matih.ml.api.experiment.Experiment;
import ai.matih.ml.api.experiment.ExperimentId;
import ai.matih.ml.api.experiment.ExperimentTracker;
import ai.matih.ml.api.experiment.LifecycleStage;
import ai.matih.ml.api.experiment.MetricPoint;
import ai.matih.ml.api.experiment.Run;
import ai.matih.ml.api.experiment.RunId;
import ai.matih.ml.api.experiment.RunStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** MLflow's messages as they are on the wire. Empty lists are left out there. */
final class Wire {

  private Wire() {}

  record Pair(String key, @Nullable String value) {}

  record Metric(String key, double value, long timestamp, long step) {
    static Metric of(MetricPoint point) {
      return new Metric(point.key(), point.value(), point.timestamp().toEpochMilli(), point.step());
    }

    MetricPoint toPoint() {
      return new MetricPoint(key, value, step, Instant.ofEpochMilli(timestamp));
    }
  }

  record ExperimentMessage(
      String experimentId,
      String name,
      @Nullable String artifactLocation,
      @Nullable String lifecycleStage,
      long lastUpdateTime,
      long creationTime,
      @Nullable List<Pair> tags) {

    Experiment toExperiment(UnaryOperator<ExperimentId> shown) {
      return new Experiment(
          shown.apply(new ExperimentId(experimentId)),
          name,
          stage(lifecycleStage),
          artifactLocation == null ? "" : artifactLocation,
          map(tags),
          Instant.ofEpochMilli(creationTime),
          Instant.ofEpochMilli(lastUpdateTime));
    }
  }

  record OneExperiment(ExperimentMessage experiment) {}

  record ManyExperiments(
      @Nullable List<ExperimentMessage> experiments, @Nullable String nextPageToken) {}

  record ExperimentMade(String experimentId) {}

  record RunInfo(
      String runId,
      String experimentId,
      @Nullable String runName,
      @Nullable String status,
      long startTime,
      @Nullable Long endTime,
      @Nullable String artifactUri,
      @Nullable String lifecycleStage) {}

  record RunData(
      @Nullable List<Metric> metrics, @Nullable List<Pair> params, @Nullable List<Pair> tags) {}

  record RunMessage(RunInfo info, @Nullable RunData data) {

    Run toRun(UnaryOperator<ExperimentId> shown) {
      RunData known = data == null ? new RunData(null, null, null) : data;
      return new Run(
          new RunId(info.runId()),
          shown.apply(new ExperimentId(info.experimentId())),
          info.runName() == null ? "" : info.runName(),
          info.status() == null ? RunStatus.RUNNING : RunStatus.valueOf(info.status()),
          stage(info.lifecycleStage()),
          info.artifactUri() == null ? "" : info.artifactUri(),
          Instant.ofEpochMilli(info.startTime()),
          Optional.ofNullable(info.endTime()).filter(t -> t > 0).map(Instant::ofEpochMilli),
          map(known.params()),
          orNone(known.metrics()).stream().map(Metric::toPoint).toList(),
          map(known.tags()));
    }
  }

  record OneRun(RunMessage run) {}

  record ManyRuns(@Nullable List<RunMessage> runs, @Nullable String nextPageToken) {}

  record ManyMetrics(@Nullable List<Metric> metrics, @Nullable String nextPageToken) {}

  record File(String path, @Nullable Boolean isDir, @Nullable Long fileSize) {
    Artifact toArtifact() {
      boolean directory = Boolean.TRUE.equals(isDir);
      return new Artifact(
          path,
          directory,
          directory || fileSize == null ? OptionalLong.empty() : OptionalLong.of(fileSize));
    }
  }

  record ManyFiles(@Nullable List<File> files, @Nullable String nextPageToken) {}

  record LoggedModelInfo(String modelId, String experimentId, @Nullable String sourceRunId) {
    ExperimentTracker.LoggedModel toModel(UnaryOperator<ExperimentId> shown) {
      return new ExperimentTracker.LoggedModel(
          modelId,
          shown.apply(new ExperimentId(experimentId)),
          Optional.ofNullable(sourceRunId).flatMap(RunId::parse));
    }
  }

  record LoggedModelMessage(LoggedModelInfo info) {}

  record OneLoggedModel(LoggedModelMessage model) {}

  record ExperimentNamed(String experimentId) {}

  record TraceLocation(ExperimentNamed mlflowExperiment) {}

  record TraceInfo(TraceLocation traceLocation) {}

  record TraceMessage(TraceInfo traceInfo) {}

  record OneTrace(TraceMessage trace) {}

  static <T> List<T> orNone(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  static Optional<String> token(@Nullable String token) {
    return Optional.ofNullable(token).filter(t -> !t.isEmpty());
  }

  static List<Pair> pairs(Map<String, String> map) {
    return map.entrySet().stream().map(e -> new Pair(e.getKey(), e.getValue())).toList();
  }

  private static Map<String, String> map(@Nullable List<Pair> pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    orNone(pairs).forEach(pair -> map.put(pair.key(), pair.value() == null ? "" : pair.value()));
    return map;
  }

  private static LifecycleStage stage(@Nullable String stage) {
    return stage == null
        ? LifecycleStage.ACTIVE
        : LifecycleStage.valueOf(stage.toUpperCase(Locale.ROOT));
  }
}
