@NullMarked
package ai.matih.ml.serving.dataplane;

import org.jspecify.annotations.NullMarked;
