package ai.matih.ml.serving.engine;

import ai.matih.ml.bundle.BundleFiles;
import ai.matih.ml.bundle.Digest;
import java.util.Map;

/** A stored bundle as the registry names it: where it lies, and what every file must hash to. */
public record Artifact(String uri, Digest digest, Map<String, String> files) {

  public Artifact {
    files = new BundleFiles(digest, files).files();
  }
}
