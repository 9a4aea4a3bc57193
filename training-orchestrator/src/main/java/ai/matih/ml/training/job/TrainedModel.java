package ai.matih.ml.training.job;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a succeeded job made, as the trusted result on the object store says.
 *
 * @param digest of the whole bundle; fits the files
 * @param files path below the artifact path to SHA-256
 * @param evaluation on the held-out part
 * @param columns how each one was learned from; unknown for a model that was trained elsewhere
 */
public record TrainedModel(
    String runId,
    String artifactPath,
    String digest,
    Map<String, String> files,
    Map<String, Double> metrics,
    Map<String, Object> evaluation,
    String dataDigest,
    Map<String, Object> signature,
    List<JobWarning> warnings,
    List<LearnedColumn> columns)
    implements JobResult {

  /** Those that were stored before there were warnings and columns have none. */
  public TrainedModel(
      String runId,
      String artifactPath,
      String digest,
      Map<String, String> files,
      Map<String, Double> metrics,
      Map<String, Object> evaluation,
      String dataDigest,
      Map<String, Object> signature,
      @Nullable List<JobWarning> warnings,
      @Nullable List<LearnedColumn> columns) {
    this.runId = runId;
    this.artifactPath = artifactPath;
    this.digest = digest;
    this.files = Map.copyOf(files);
    this.metrics = Map.copyOf(metrics);
    this.evaluation = Map.copyOf(evaluation);
    this.dataDigest = dataDigest;
    this.signature = Map.copyOf(signature);
    this.warnings = warnings == null ? List.of() : List.copyOf(warnings);
    this.columns = columns == null ? List.of() : List.copyOf(columns);
  }
}
