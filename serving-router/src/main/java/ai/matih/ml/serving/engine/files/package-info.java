/**
 * Keeps verified bundles on the local disk, fetched once from the object store. What is not byte
 * for byte what the registry named never reaches an engine.
 */
@NullMarked
package ai.matih.ml.serving.engine.files;

import org.jspecify.annotations.NullMarked;
