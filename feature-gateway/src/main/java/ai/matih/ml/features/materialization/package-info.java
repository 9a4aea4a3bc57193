/**
 * Carrying history into the online store, with progress, and pushing single rows. Feast does it;
 * this package keeps what was asked and how far it came.
 */
@NullMarked
package ai.matih.ml.features.materialization;

import org.jspecify.annotations.NullMarked;
