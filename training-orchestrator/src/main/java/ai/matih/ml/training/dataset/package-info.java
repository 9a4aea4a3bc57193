/**
 * Tables that people upload for training. A version is named by the digest of the uploaded bytes,
 * and of the declared types where there are some, and never changes.
 */
@NullMarked
package ai.matih.ml.training.dataset;

import org.jspecify.annotations.NullMarked;
