/**
 * The cluster that runs training code, as questions in our own words. Submission ids are ours, so
 * that asking again is always possible.
 */
@NullMarked
package ai.matih.ml.training.cluster;

import org.jspecify.annotations.NullMarked;
