/** Jobs in PostgreSQL. Every write of the reconciler carries the epoch of its claim. */
@NullMarked
package ai.matih.ml.training.job.store;

import org.jspecify.annotations.NullMarked;
