package ai.matih.ml.registry.artifact;

/** A run's model that breaks the rules of bundles; the message says which one. */
public final class BundleRefused extends RuntimeException {

  public BundleRefused(String reason) {
    super(reason);
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
