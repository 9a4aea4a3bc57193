/**
 * Journeys through the public door of a running platform. The local one by default, any by URL and
 * key.
 */
@NullMarked
package ai.matih.ml.acceptance;

import org.jspecify.annotations.NullMarked;
