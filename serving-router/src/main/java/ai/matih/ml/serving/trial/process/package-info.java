/**
 * The throw-away process in which a bundle is tried, and its other end. They talk in one line of
 * JSON.
 */
@NullMarked
package ai.matih.ml.serving.trial.process;

import org.jspecify.annotations.NullMarked;
