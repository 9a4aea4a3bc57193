/** Roll-outs and their outcomes in PostgreSQL. */
@NullMarked
package ai.matih.ml.serving.rollout.store;

import org.jspecify.annotations.NullMarked;
