package ai.matih.ml.serving.engine.s3;

import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.BundleRefused;
import ai.matih.ml.serving.engine.BundleRefused.Part;
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

  /**
   * Whether an artifact lies where this tenant's bundles are kept; nothing else may be deployed.
   */
  public static void requireOwn(Artifact artifact, Tenant tenant, String bucket) {
    S3Uri uri = uri(artifact);
    if (!uri.bucket().equals(bucket) || !uri.belongsTo(tenant)) {
      throw new BundleRefused(Part.ARTIFACT, "the artifact does not lie in the tenant's models");
    }
  }

  @Override
  public InputStream open(Artifact artifact, String path) {
    S3Uri folder = uri(artifact);
    if (!folder.bucket().equals(bucket)) {
      throw new BundleRefused(Part.ARTIFACT, "the artifact does not lie in the models bucket");
    }
    return store
        .get(folder.resolve(path))
        .orElseThrow(() -> new BundleRefused(Part.ARTIFACT, path + " is not in the store"));
  }

  private static S3Uri uri(Artifact artifact) {
    try {
      return S3Uri.of(artifact.uri());
    } catch (IllegalArgumentException e) {
      throw new BundleRefused(
          Part.ARTIFACT, "the artifact's address is not one of an object store");
    }
  }
}
