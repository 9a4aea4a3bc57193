/** What the database knows about Triton. */
@NullMarked
package ai.matih.ml.serving.engine.triton.store;

import org.jspecify.annotations.NullMarked;
