package ai.matih.ml.training.job;

import java.util.Map;

/**
 * What a succeeded job made, as the trusted result on the object store says.
 *
 * @param digest of the whole bundle; fits the files
 * @param files path below the artifact path to SHA-256
 * @param evaluation on the held-out part
 */
public record TrainedModel(
    String runId,
    String artifactPath,
    String digest,
    Map<String, String> files,
    Map<String, Double> metrics,
    Map<String, Object> evaluation,
    String dataDigest,
    Map<String, Object> signature)
    implements JobResult {

  public TrainedModel {
    files = Map.copyOf(files);
    metrics = Map.copyOf(metrics);
    evaluation = Map.copyOf(evaluation);
    signature = Map.copyOf(signature);
  }
}
