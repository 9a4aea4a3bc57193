package ai.matih.ml.training.cluster;

import java.util.Map;

/**
 * One attempt as it is given to the cluster.
 *
 * @param environment of the code; holds secrets
 * @param labels shown by the cluster to whoever may see it; hold none
 */
public record Submission(
    SubmissionId id,
    String entrypoint,
    Map<String, String> environment,
    Map<String, String> labels) {

  public Submission {
    environment = Map.copyOf(environment);
    labels = Map.copyOf(labels);
  }

  @Override
  public String toString() {
    return "Submission[" + id + "]";
  }
}
