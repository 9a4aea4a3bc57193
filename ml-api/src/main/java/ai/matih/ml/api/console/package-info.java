/**
 * The page where people look, decide and learn: its files, and the session of a signed-in browser.
 *
 * <p>The page itself is in {@code src/main/resources/console}; it calls the same API as everybody.
 */
@NullMarked
package ai.matih.ml.api.console;

import org.jspecify.annotations.NullMarked;
