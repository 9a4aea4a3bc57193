package ai.matih.ml.training.job;

import ai.matih.ml.training.algorithm.Task;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A model that somebody logged with MLflow, to be made a version's bundle.
 *
 * @param experiment of the run that logged it; the job's own run lies beside it
 * @param origin where the model comes from, by MLflow's names
 * @param examples rows to try it with; absent when those that were logged with it do
 * @param metrics that its run tells of it
 * @param again number of versions that earlier jobs of this content made and that are gone
 */
public record PreparationSpecification(
    String modelId,
    Task task,
    SourceFiles files,
    String experiment,
    Map<String, String> origin,
    Optional<Source> examples,
    Map<String, Double> metrics,
    int again,
    Duration timeout)
    implements JobSpecification.MakesModel {

  /**
   * The files of the logged model, where the registry has put them.
   *
   * @param digest of all of them; their place in the store follows from it
   * @param sha256 hexadecimal, by path
   */
  public record SourceFiles(String digest, Map<String, String> sha256) {

    public SourceFiles {
      sha256 = Map.copyOf(sha256);
    }
  }

  public PreparationSpecification {
    origin = Map.copyOf(origin);
    metrics = Map.copyOf(metrics);
  }

  @Override
  public String name() {
    return "preparation of " + modelId;
  }

  @Override
  public Optional<String> experimentId() {
    return Optional.of(experiment);
  }

  @Override
  public Optional<String> registerModel() {
    return Optional.of(modelId);
  }

  @Override
  public Resources resources() {
    return new Resources(1, 1, 0, Optional.empty());
  }

  @Override
  public int priority() {
    return 0;
  }
}
