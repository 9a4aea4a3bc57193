/**
 * Feature values as they are now, read straight from Feast's online tables. A missing value is an
 * answer with a status, never an error.
 */
@NullMarked
package ai.matih.ml.features.online;

import org.jspecify.annotations.NullMarked;
