/**
 * The images and the compose file, held to the sources that they are made from. No container engine
 * is needed: what an engine would do is done by hand where that shows something.
 */
@NullMarked
package ai.matih.ml.acceptance.images;

import org.jspecify.annotations.NullMarked;
