package ai.matih.ml.registry.model;

import java.util.Map;
import java.util.Optional;

/**
 * What models are looked for by; all of it has to fit.
 *
 * @param nameContains part of the name, in any case
 * @param stage a version of the model is in it
 * @param tags the model carries each of these
 * @param evaluationDataset its policy in force measures on this data set, {@code dataset:name} for
 *     any version of it
 * @param retired only models that are retired, or only those that are not
 */
public record ModelSearch(
    Optional<String> nameContains,
    Optional<Stage> stage,
    Optional<Task> task,
    Optional<String> owner,
    Map<String, String> tags,
    Optional<String> evaluationDataset,
    Optional<Boolean> retired) {

  public static final ModelSearch ALL =
      new ModelSearch(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          Optional.empty());

  public ModelSearch {
    tags = Map.copyOf(tags);
    evaluationDataset.ifPresent(Policy.EvaluationData::requireReference);
  }
}
