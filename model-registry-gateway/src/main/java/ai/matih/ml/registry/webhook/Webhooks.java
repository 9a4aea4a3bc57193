package ai.matih.ml.registry.webhook;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The current tenant's webhooks. */
public interface Webhooks {

  void add(Webhook webhook, WebhookSecret secret);

  Optional<Webhook> find(UUID id);

  /** Oldest first, after one of them. */
  List<Webhook> list(Optional<UUID> after, int limit);

  int count();

  /** Stores what people change; whether it fails is not among that. */
  void change(Webhook webhook);

  /** With its deliveries. */
  void remove(UUID id);

  /** Gives it another secret; the one before signs on for a while. */
  void rotate(UUID id, WebhookSecret secret, Duration oldSecretFor);

  /** The secrets to sign with now, newest first; empty when they cannot be read any more. */
  List<WebhookSecret> secrets(UUID id);

  /** The active ones that want an event. */
  List<UUID> wanting(String type, Optional<String> model);

  /** A delivery arrived: whatever was wrong is over. */
  void arrived(UUID id);

  /**
   * A delivery did not arrive: all others wait as well, so that one dead receiver does not keep
   * everybody else waiting.
   *
   * @return the webhook as it is then
   */
  Optional<Webhook> failed(UUID id, Duration pause);

  /** Stops telling it; what waits for it has failed. */
  void disable(UUID id, String reason);
}
