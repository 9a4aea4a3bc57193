/** The walk, told aloud on a terminal. Run by ./ml demo. */
@NullMarked
package ai.matih.ml.acceptance.demo;

import org.jspecify.annotations.NullMarked;
