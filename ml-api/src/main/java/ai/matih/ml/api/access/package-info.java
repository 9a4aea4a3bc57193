/**
 * Who may come in: API keys, tokens of the company's identity provider, and the short internal
 * token that a caller gets for the way through the suite.
 */
@NullMarked
package ai.matih.ml.api.access;

import org.jspecify.annotations.NullMarked;
