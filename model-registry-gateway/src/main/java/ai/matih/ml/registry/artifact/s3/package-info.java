/** Bundles on S3 below the tenant's prefix. Each file is written once. */
@NullMarked
package ai.matih.ml.registry.artifact.s3;

import org.jspecify.annotations.NullMarked;
