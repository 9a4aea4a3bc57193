/** Runs of jobs, kept by ml-api. Calls speak for the person who submitted the job. */
@NullMarked
package ai.matih.ml.training.job.tracking;

import org.jspecify.annotations.NullMarked;
