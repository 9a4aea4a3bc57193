package ai.matih.ml.training.packages;

import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.Tenant;
import java.time.Instant;

/**
 * A zip of somebody's own code.
 *
 * @param digest of its bytes, {@code sha256:…}
 * @param files in it
 * @param createdBy who uploaded these bytes first
 */
public record UserPackage(
    Tenant tenant,
    String digest,
    S3Uri uri,
    long sizeBytes,
    int files,
    String createdBy,
    Instant createdAt) {}
