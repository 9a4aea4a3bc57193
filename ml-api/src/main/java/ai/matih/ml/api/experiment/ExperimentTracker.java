package ai.matih.ml.api.experiment;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where experiments and runs are kept. Every call works in the workspace of the tenant in scope;
 * what another tenant has is absent.
 *
 * <p>Every method may throw {@link ai.matih.ml.common.http.EngineFailure}: unavailable before
 * anything was sent, misbehaved, or outcome unknown for writes. Reads and all updates are
 * repeatable; the two methods that make something are not, and their callers find out by the tag
 * {@link Tags#REQUEST}.
 */
public interface ExperimentTracker {

  /** One page of a search; the token is the tracker's own. */
  record Found<T>(List<T> items, Optional<String> next) {
    public Found {
      items = List.copyOf(items);
    }
  }

  /**
   * Which experiments to list.
   *
   * @param nameContains empty for any
   */
  record ExperimentQuery(
      Optional<String> nameContains, LifecycleStage stage, int size, Optional<String> token) {}

  /** Which runs to list; filter and order are in the tracker's own grammar. */
  record RunQuery(
      List<ExperimentId> experiments,
      Optional<String> filter,
      List<String> orderBy,
      LifecycleStage stage,
      int size,
      Optional<String> token) {
    public RunQuery {
      experiments = List.copyOf(experiments);
      orderBy = List.copyOf(orderBy);
    }
  }

  /** The name is in use, by an active or a deleted experiment. */
  final class NameTaken extends RuntimeException {
    public NameTaken(String name) {
      super("experiment name taken: " + name);
    }
  }

  /** The tracker does not understand what the caller asks for. */
  final class QueryRefused extends RuntimeException {
    public QueryRefused(String reason) {
      super(reason);
    }
  }

  /** A parameter has another value already. */
  final class ParamIsFinal extends RuntimeException {
    public ParamIsFinal() {
      super("a parameter has another value");
    }
  }

  /**
   * Not repeatable.
   *
   * @throws NameTaken also when a repeat made it
   */
  ExperimentId createExperiment(String name, Map<String, String> tags);

  Optional<Experiment> experiment(ExperimentId id);

  /** Also finds deleted ones. */
  Optional<Experiment> experimentNamed(String name);

  Found<Experiment> experiments(ExperimentQuery query);

  /**
   * @throws NameTaken when another experiment has it
   */
  void renameExperiment(ExperimentId id, String name);

  void tagExperiment(ExperimentId id, String key, String value);

  /** Hides it and its runs. Nothing happens when it is hidden. */
  void deleteExperiment(ExperimentId id);

  void restoreExperiment(ExperimentId id);

  /** Not repeatable: each call makes a run. */
  Run createRun(
      ExperimentId experiment,
      Optional<String> name,
      String user,
      Instant startedAt,
      Map<String, String> tags);

  Optional<Run> run(RunId id);

  /**
   * @throws QueryRefused when filter or order cannot be read
   */
  Found<Run> runs(RunQuery query);

  /** Ends or renames a run; absent parts stay as they are. */
  void updateRun(
      RunId id, Optional<RunStatus> status, Optional<Instant> endedAt, Optional<String> name);

  /**
   * Writes one batch within {@link BatchLimits#MLFLOW}; repeatable: what is there with the same
   * value, step and time is not stored again.
   *
   * @throws ParamIsFinal when a parameter has another value; then nothing of the batch is stored
   */
  void log(RunId id, Measurements batch);

  /** By time, then step. */
  Found<MetricPoint> metricHistory(RunId id, String key, int size, Optional<String> token);

  /** What a directory of a run holds; the run's root when no path is given. */
  Found<Artifact> artifacts(RunId id, Optional<ArtifactPath> directory, Optional<String> token);

  /**
   * Whether the store of all files has one at a path from its root. An object store's missing file
   * looks like a failure on download; this tells the two apart.
   */
  boolean hasFile(ArtifactPath fromRoot);

  /** The run that a logged model came from; empty when there is no such model. */
  Optional<LoggedModel> loggedModel(String modelId);

  /** Where a trace belongs; empty when there is no such trace. */
  Optional<ExperimentId> experimentOfTrace(String traceId);

  boolean hasEvaluationDataset(String datasetId);

  /**
   * A model among a run's results.
   *
   * @param sourceRun the run that made it, when one did
   */
  record LoggedModel(String modelId, ExperimentId experimentId, Optional<RunId> sourceRun) {}
}
