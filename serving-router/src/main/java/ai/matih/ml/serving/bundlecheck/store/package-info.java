/** Trials as rows. */
@NullMarked
package ai.matih.ml.serving.bundlecheck.store;

import org.jspecify.annotations.NullMarked;
