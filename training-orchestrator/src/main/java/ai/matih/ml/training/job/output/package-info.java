/** What a job leaves on the object store. It is read back with limits and checked. */
@NullMarked
package ai.matih.ml.training.job.output;

import org.jspecify.annotations.NullMarked;
