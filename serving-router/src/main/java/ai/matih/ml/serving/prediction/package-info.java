/**
 * Answers predictions: reads rows, checks them against the version's signature, completes them from
 * the feature store, scores them. Nothing here waits for a database.
 */
@NullMarked
package ai.matih.ml.serving.prediction;

import org.jspecify.annotations.NullMarked;
