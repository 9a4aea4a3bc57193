@NullMarked
package ai.matih.ml.serving.openinference;

import org.jspecify.annotations.NullMarked;
