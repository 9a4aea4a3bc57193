package ai.matih.ml.training.cluster;

/** The cluster answers callers without a token; nothing is sent to it until that has changed. */
public final class ClusterNotSafe extends RuntimeException {

  public ClusterNotSafe(String message) {
    super(message);
  }
}
