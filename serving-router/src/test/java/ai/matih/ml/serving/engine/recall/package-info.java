/** An engine that exists in tests only. */
@NullMarked
package ai.matih.ml.serving.engine.recall;

import org.jspecify.annotations.NullMarked;
