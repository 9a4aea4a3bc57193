/**
 * Webhooks, events and deliveries in PostgreSQL. An event is written with the change it tells of.
 */
@NullMarked
package ai.matih.ml.registry.webhook.store;

import org.jspecify.annotations.NullMarked;
