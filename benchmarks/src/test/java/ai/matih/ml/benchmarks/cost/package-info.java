@NullMarked
package ai.matih.ml.benchmarks.cost;

import org.jspecify.annotations.NullMarked;
