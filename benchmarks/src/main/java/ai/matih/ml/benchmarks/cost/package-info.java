/** What a request costs: load on servers side by side, with the processor time that each used. */
@NullMarked
package ai.matih.ml.benchmarks.cost;

import org.jspecify.annotations.NullMarked;
