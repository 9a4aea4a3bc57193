package ai.matih.ml.api.experiment;

import ai.matih.ml.common.http.EngineFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Experiments and runs in memory, with calls that fail after they were done, or before. */
public final class InMemoryTracker implements ExperimentTracker {

  private final Map<ExperimentId, Experiment> experiments = new LinkedHashMap<>();
  private final Map<RunId, Run> runs = new LinkedHashMap<>();
  private final Map<String, LoggedModel> models = new HashMap<>();
  private int logsUntilFailure;
  private @Nullable RuntimeException logFailure;
  private boolean replyIsLost;
  public int asked;

  /** The next things that are made are made, but nobody learns of it. */
  public void loseReplies() {
    replyIsLost = true;
  }

  /** A write fails like this, after so many went through; nothing of it is stored. */
  public void failLog(int after, RuntimeException failure) {
    logsUntilFailure = after;
    logFailure = failure;
  }

  public Run has(RunId id, String experiment, Map<String, String> tags) {
    Run run = run(id, new ExperimentId(experiment), RunStatus.RUNNING, tags);
    runs.put(id, run);
    return run;
  }

  public void has(LoggedModel model) {
    models.put(model.modelId(), model);
  }

  private static Run run(RunId id, ExperimentId of, RunStatus status, Map<String, String> tags) {
    return new Run(
        id,
        of,
        "n",
        status,
        LifecycleStage.ACTIVE,
        "mlflow-artifacts:/",
        Instant.EPOCH,
        Optional.empty(),
        Map.of(),
        List.of(),
        tags);
  }

  private void reply() {
    if (replyIsLost) {
      throw new EngineFailure.OutcomeUnknown("mlflow", "no answer");
    }
  }

  @Override
  public ExperimentId createExperiment(String name, Map<String, String> tags) {
    if (experimentNamed(name).isPresent()) {
      throw new NameTaken(name);
    }
    ExperimentId id = new ExperimentId(Integer.toString(experiments.size() + 1));
    experiments.put(
        id,
        new Experiment(
            id,
            name,
            LifecycleStage.ACTIVE,
            "mlflow-artifacts:/",
            tags,
            Instant.EPOCH,
            Instant.EPOCH));
    reply();
    return id;
  }

  @Override
  public Optional<Experiment> experiment(ExperimentId id) {
    return Optional.ofNullable(experiments.get(id));
  }

  @Override
  public Optional<Experiment> experimentNamed(String name) {
    return experiments.values().stream().filter(one -> one.name().equals(name)).findFirst();
  }

  @Override
  public void deleteExperiment(ExperimentId id) {
    experiments.computeIfPresent(
        id,
        (_, one) ->
            new Experiment(
                id,
                one.name(),
                LifecycleStage.DELETED,
                one.artifactLocation(),
                one.tags(),
                one.createdAt(),
                one.lastUpdated()));
  }

  @Override
  public Run createRun(
      ExperimentId experiment,
      Optional<String> name,
      String user,
      Instant startedAt,
      Map<String, String> tags) {
    RunId id = new RunId("%032x".formatted(runs.size() + 1));
    runs.put(id, run(id, experiment, RunStatus.RUNNING, tags));
    reply();
    return Objects.requireNonNull(runs.get(id));
  }

  @Override
  public Optional<Run> run(RunId id) {
    asked++;
    return Optional.ofNullable(runs.get(id));
  }

  /** Understands only a filter by one tag. */
  @Override
  public Found<Run> runs(RunQuery query) {
    String[] wanted = query.filter().orElseThrow().split("[`']", -1);
    List<Run> found =
        runs.values().stream()
            .filter(run -> wanted[3].equals(run.tags().get(wanted[1])))
            .limit(query.size())
            .toList();
    return new Found<>(found, Optional.empty());
  }

  @Override
  public void updateRun(
      RunId id, Optional<RunStatus> status, Optional<Instant> endedAt, Optional<String> name) {
    runs.computeIfPresent(
        id,
        (_, run) ->
            new Run(
                id,
                run.experimentId(),
                name.orElse(run.name()),
                status.orElse(run.status()),
                run.lifecycleStage(),
                run.artifactRoot(),
                run.startedAt(),
                endedAt.or(run::endedAt),
                run.params(),
                run.metrics(),
                run.tags()));
  }

  @Override
  public void log(RunId id, Measurements batch) {
    if (logFailure != null && logsUntilFailure-- == 0) {
      throw logFailure;
    }
    Run run = Objects.requireNonNull(runs.get(id));
    Map<String, String> params = new HashMap<>(run.params());
    params.putAll(batch.params());
    Map<String, String> tags = new HashMap<>(run.tags());
    tags.putAll(batch.tags());
    List<MetricPoint> metrics = new ArrayList<>(run.metrics());
    metrics.addAll(batch.metrics());
    runs.put(
        id,
        new Run(
            id,
            run.experimentId(),
            run.name(),
            run.status(),
            run.lifecycleStage(),
            run.artifactRoot(),
            run.startedAt(),
            run.endedAt(),
            params,
            metrics,
            tags));
  }

  @Override
  public Optional<LoggedModel> loggedModel(String modelId) {
    asked++;
    return Optional.ofNullable(models.get(modelId));
  }

  @Override
  public Optional<ExperimentId> experimentOfTrace(String traceId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean hasEvaluationDataset(String datasetId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Found<Experiment> experiments(ExperimentQuery query) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void renameExperiment(ExperimentId id, String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void tagExperiment(ExperimentId id, String key, String value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void restoreExperiment(ExperimentId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Found<MetricPoint> metricHistory(RunId id, String key, int size, Optional<String> token) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Found<Artifact> artifacts(
      RunId id, Optional<ArtifactPath> directory, Optional<String> token) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean hasFile(ArtifactPath fromRoot) {
    throw new UnsupportedOperationException();
  }
}
