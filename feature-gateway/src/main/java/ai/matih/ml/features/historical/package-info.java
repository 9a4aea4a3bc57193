/**
 * What a point-in-time join needs to know: files, columns, keys and ages of the asked features. The
 * join itself runs where the training runs.
 */
@NullMarked
package ai.matih.ml.features.historical;

import org.jspecify.annotations.NullMarked;
