package ai.matih.ml.serving.traffic;

/** What somebody wants for one version, before buckets are dealt. */
public record Share(long version, String deploymentId, String variant, Weight weight) {

  /** The same share with another weight. */
  public Share weighing(Weight other) {
    return new Share(version, deploymentId, variant, other);
  }
}
