/** Tests of keys and tokens. */
@NullMarked
package ai.matih.ml.api.access;

import org.jspecify.annotations.NullMarked;
