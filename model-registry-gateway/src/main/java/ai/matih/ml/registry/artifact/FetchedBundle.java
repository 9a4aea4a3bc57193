package ai.matih.ml.registry.artifact;

import ai.matih.ml.bundle.BundleFiles;
import java.util.Map;
import java.util.Optional;

/** A bundle that is stored, with its documents as they were read. */
public record FetchedBundle(BundleFiles bundle, Map<String, byte[]> documents) {

  public FetchedBundle {
    documents = Map.copyOf(documents);
  }

  public Optional<byte[]> document(String path) {
    return Optional.ofNullable(documents.get(path));
  }
}
