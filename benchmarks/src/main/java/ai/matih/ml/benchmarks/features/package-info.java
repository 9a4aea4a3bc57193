/** {@code ./ml bench features}: online values beside Feast's own server on the same store. */
@NullMarked
package ai.matih.ml.benchmarks.features;

import org.jspecify.annotations.NullMarked;
