package ai.matih.ml.registry.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The telling of one event to one webhook.
 *
 * @param event the same in every delivery and replay of it
 * @param nextAttemptAt when it is tried, while it is pending
 * @param status of the last answer
 * @param took the last attempt
 * @param excerpt the begin of the last answer's body
 * @param error of the last attempt, in words
 */
public record Delivery(
    UUID id,
    UUID webhook,
    UUID event,
    String eventType,
    State state,
    int attempts,
    Instant createdAt,
    Optional<Instant> nextAttemptAt,
    Optional<Instant> lastAttemptAt,
    Optional<Instant> endedAt,
    Optional<Integer> status,
    Optional<Duration> took,
    Optional<String> excerpt,
    Optional<String> error,
    Optional<UUID> replayOf) {

  /** Where it stands. */
  public enum State {
    PENDING,
    DELIVERED,
    /** Given up. */
    FAILED
  }
}
