/** Bundles on the object store. Only the tenant's own prefix can be read. */
@NullMarked
package ai.matih.ml.serving.engine.s3;

import org.jspecify.annotations.NullMarked;
