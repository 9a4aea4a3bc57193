package ai.matih.ml.registry.webhook;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Somebody's wish to be told.
 *
 * @param eventTypes only these; all when empty
 * @param models only events of these; of all when empty
 * @param active whether it is told anything
 * @param failingSince no delivery has arrived since then
 * @param failures attempts that failed since the last one that arrived
 * @param disabled when and why the platform stopped telling it
 * @param oldSecretUntil until when messages are signed with the secret before as well
 */
public record Webhook(
    UUID id,
    String name,
    URI url,
    List<String> eventTypes,
    List<String> models,
    boolean active,
    Optional<Instant> failingSince,
    int failures,
    Optional<Disabled> disabled,
    Optional<Instant> oldSecretUntil,
    String createdBy,
    Instant createdAt,
    Instant updatedAt) {

  /** Why nothing is sent any more; activating it again clears this. */
  public record Disabled(Instant at, String reason) {}

  public Webhook {
    eventTypes = List.copyOf(eventTypes);
    models = List.copyOf(models);
  }

  String path() {
    return "webhooks/" + id;
  }
}
