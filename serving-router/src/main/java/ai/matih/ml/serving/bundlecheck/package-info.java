/**
 * Proves or refutes that a bundle serves as it promises, before anybody may depend on it. A hostile
 * bundle costs a throw-away process and yields a failed check.
 */
@NullMarked
package ai.matih.ml.serving.bundlecheck;

import org.jspecify.annotations.NullMarked;
