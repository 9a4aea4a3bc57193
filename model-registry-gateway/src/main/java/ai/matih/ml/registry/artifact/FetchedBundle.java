package ai.matih.ml.registry.artifact;

import java.util.Map;
import java.util.Optional;

/** A bundle that is stored, with its documents as they were read. */
public record FetchedBundle(Bundle bundle, Map<BundleDocument, byte[]> documents) {

  public FetchedBundle {
    documents = Map.copyOf(documents);
  }

  public Optional<byte[]> document(BundleDocument document) {
    return Optional.ofNullable(documents.get(document));
  }
}
