/**
 * The adapter to Feast: its SQL registry, its PostgreSQL online tables and our Feast server.
 * Nothing of Feast's own forms leaves this package.
 */
@NullMarked
package ai.matih.ml.features.feast;

import org.jspecify.annotations.NullMarked;
