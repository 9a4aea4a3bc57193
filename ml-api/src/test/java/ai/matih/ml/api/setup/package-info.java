@NullMarked
package ai.matih.ml.api.setup;

import org.jspecify.annotations.NullMarked;
