/** Settings and alerts as rows. */
@NullMarked
package ai.matih.ml.serving.drift.store;

import org.jspecify.annotations.NullMarked;
