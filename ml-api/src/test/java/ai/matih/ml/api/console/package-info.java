@NullMarked
package ai.matih.ml.api.console;

import org.jspecify.annotations.NullMarked;
