/** Registration of trained models. The job's id makes a repeat harmless. */
@NullMarked
package ai.matih.ml.training.job.registry;

import org.jspecify.annotations.NullMarked;
