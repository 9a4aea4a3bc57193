package ai.matih.ml.registry.webhook.web;

import ai.matih.ml.registry.webhook.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One telling of an event.
 *
 * @param eventId what the receiver sees as {@code webhook-id}
 * @param durationMs of the last attempt
 * @param responseExcerpt the begin of the last answer
 */
record DeliveryAnswer(
    UUID id,
    UUID webhookId,
    UUID eventId,
    String eventType,
    Delivery.State status,
    int attempts,
    Instant createdAt,
    Optional<Instant> nextAttemptAt,
    Optional<Instant> lastAttemptAt,
    Optional<Instant> endedAt,
    Optional<Integer> responseStatus,
    Optional<Long> durationMs,
    Optional<String> responseExcerpt,
    Optional<String> error,
    Optional<UUID> replayOf) {

  static DeliveryAnswer of(Delivery delivery) {
    return new DeliveryAnswer(
        delivery.id(),
        delivery.webhook(),
        delivery.event(),
        delivery.eventType(),
        delivery.state(),
        delivery.attempts(),
        delivery.createdAt(),
        delivery.nextAttemptAt(),
        delivery.lastAttemptAt(),
        delivery.endedAt(),
        delivery.status(),
        delivery.took().map(Duration::toMillis),
        delivery.excerpt(),
        delivery.error(),
        delivery.replayOf());
  }
}
