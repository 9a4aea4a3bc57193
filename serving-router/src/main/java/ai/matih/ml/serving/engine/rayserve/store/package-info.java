/** What the database knows about Ray Serve. */
@NullMarked
package ai.matih.ml.serving.engine.rayserve.store;

import org.jspecify.annotations.NullMarked;
