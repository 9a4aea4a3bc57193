/**
 * The throw-away process in which a bundle is checked, and its other end. They talk in one line of
 * JSON.
 */
@NullMarked
package ai.matih.ml.serving.bundlecheck.process;

import org.jspecify.annotations.NullMarked;
