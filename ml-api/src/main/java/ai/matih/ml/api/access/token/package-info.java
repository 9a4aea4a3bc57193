/** Signed tokens as credentials: those of the suite itself and those of the company's provider. */
@NullMarked
package ai.matih.ml.api.access.token;

import org.jspecify.annotations.NullMarked;
