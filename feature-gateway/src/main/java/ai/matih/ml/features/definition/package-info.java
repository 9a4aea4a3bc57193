/**
 * What a project defines: entities, sources, views and services, as values without any system
 * behind them. Every other package of the service speaks these words.
 */
@NullMarked
package ai.matih.ml.features.definition;

import org.jspecify.annotations.NullMarked;
