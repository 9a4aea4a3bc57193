/** Tests of the public door, on real engines where they end in IT. */
@NullMarked
package ai.matih.ml.api;

import org.jspecify.annotations.NullMarked;
