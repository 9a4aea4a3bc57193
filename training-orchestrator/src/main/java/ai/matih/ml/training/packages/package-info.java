/**
 * Code that people upload to be run in the cluster. A package is named by the digest of its bytes
 * and never changes; what could harm whoever unpacks it is refused.
 */
@NullMarked
package ai.matih.ml.training.packages;

import org.jspecify.annotations.NullMarked;
