/** Tests of signed tokens. */
@NullMarked
package ai.matih.ml.api.access.token;

import org.jspecify.annotations.NullMarked;
