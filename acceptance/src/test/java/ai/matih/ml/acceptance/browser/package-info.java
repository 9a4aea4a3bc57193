/** A real browser for the tests of the console, driven over its own protocol without a driver. */
@NullMarked
package ai.matih.ml.acceptance.browser;

import org.jspecify.annotations.NullMarked;
