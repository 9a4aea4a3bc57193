package ai.matih.ml.serving.engine.s3;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.ArtifactAddress;
import ai.matih.ml.serving.engine.BundleSource;
import java.io.InputStream;

/** Reads bundles from the models bucket. */
public final class S3Bundles implements BundleSource {

  private final ObjectStore store;
  private final String bucket;

  public S3Bundles(ObjectStore store, String bucket) {
    this.store = store;
    this.bucket = bucket;
  }

  @Override
  public InputStream open(Artifact artifact, String path) {
    S3Uri folder = ArtifactAddress.folder(artifact);
    if (!folder.bucket().equals(bucket)) {
      throw new BundleRefused(Part.FILES, "The artifact does not lie in the models bucket.");
    }
    return store
        .get(folder.resolve(path))
        .orElseThrow(() -> new BundleRefused(Part.FILES, path + " is not in the store."));
  }
}
