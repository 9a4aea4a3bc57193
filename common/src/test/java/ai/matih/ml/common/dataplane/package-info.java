@NullMarked
package ai.matih.ml.common.dataplane;

import org.jspecify.annotations.NullMarked;
