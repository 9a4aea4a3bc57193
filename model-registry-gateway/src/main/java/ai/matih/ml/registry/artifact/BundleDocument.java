package ai.matih.ml.registry.artifact;

/** The JSON documents that training code puts beside a model. */
public enum BundleDocument {
  SIGNATURE("signature.json"),
  EVALUATION("evaluation.json"),
  LINEAGE("lineage.json");

  private final String path;

  BundleDocument(String path) {
    this.path = path;
  }

  public String path() {
    return path;
  }
}
