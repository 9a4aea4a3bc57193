/** Which attempt of a job writes to a run, in PostgreSQL. One row per run. */
@NullMarked
package ai.matih.ml.api.experiment.store;

import org.jspecify.annotations.NullMarked;
