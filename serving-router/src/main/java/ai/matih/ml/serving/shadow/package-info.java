/**
 * Shadows: versions that get copies of requests and whose answers nobody sees but the comparison
 * with the live ones. Whatever happens to a copy, the caller never waits for it.
 */
@NullMarked
package ai.matih.ml.serving.shadow;

import org.jspecify.annotations.NullMarked;
