package ai.matih.ml.serving.engine;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;

/** Where an artifact lies in the object store. */
public final class ArtifactAddress {

  private ArtifactAddress() {}

  /** The folder of the artifact's files. */
  public static S3Uri folder(Artifact artifact) {
    try {
      return S3Uri.of(artifact.uri());
    } catch (IllegalArgumentException e) {
      throw new BundleRefused(Part.FILES, "The artifact's address is not one of an object store.");
    }
  }

  /**
   * Whether an artifact lies where this tenant's bundles are kept; nothing else may be deployed.
   *
   * @throws BundleRefused when it does not
   */
  public static void requireOwn(Artifact artifact, Tenant tenant, String bucket) {
    S3Uri uri = folder(artifact);
    if (!uri.bucket().equals(bucket) || !uri.belongsTo(tenant)) {
      throw new BundleRefused(Part.FILES, "The artifact does not lie in the tenant's models.");
    }
  }
}
