/**
 * Measurements on a running platform, started by {@code ./ml bench}. Every number stands beside
 * that of a peer, measured in the same run.
 */
@NullMarked
package ai.matih.ml.benchmarks;

import org.jspecify.annotations.NullMarked;
