/**
 * Data sets and training jobs. A job reaches the cluster once per attempt, whatever restarts in
 * between.
 */
@NullMarked
package ai.matih.ml.training;

import org.jspecify.annotations.NullMarked;
