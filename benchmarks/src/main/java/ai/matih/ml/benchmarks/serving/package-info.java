/** {@code ./ml bench serving}: predictions beside what Python people write and start themselves. */
@NullMarked
package ai.matih.ml.benchmarks.serving;

import org.jspecify.annotations.NullMarked;
