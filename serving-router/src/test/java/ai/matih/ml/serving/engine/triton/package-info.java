@NullMarked
package ai.matih.ml.serving.engine.triton;

import org.jspecify.annotations.NullMarked;
