/** The platform under test: where its parts are, how to call them, and a small model on it. */
@NullMarked
package ai.matih.ml.benchmarks.platform;

import org.jspecify.annotations.NullMarked;
