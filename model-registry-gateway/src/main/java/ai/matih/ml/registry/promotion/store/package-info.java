/**
 * Transitions, approvals and stage history in PostgreSQL. One model's moves are serialized by a row
 * lock.
 */
@NullMarked
package ai.matih.ml.registry.promotion.store;

import org.jspecify.annotations.NullMarked;
