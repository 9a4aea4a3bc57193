package ai.matih.ml.registry.webhook.web;

import ai.matih.ml.registry.webhook.Webhook;
import ai.matih.ml.registry.webhook.WebhookSecret;
import io.swagger.v3.oas.annotations.media.Schema;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A webhook as callers see it.
 *
 * @param secret only in the first answer to its making or rotation
 * @param conditions {@code Delivering}: whether messages arrive, and why not
 */
record WebhookAnswer(
    UUID id,
    String name,
    URI url,
    List<String> eventTypes,
    List<String> models,
    boolean active,
    List<Condition> conditions,
    Optional<Instant> oldSecretUntil,
    Optional<String> secret,
    String createdBy,
    Instant createdAt,
    Instant updatedAt) {

  @Schema(name = "WebhookCondition")
  record Condition(String type, boolean status, String reason, String message, Instant since) {}

  static WebhookAnswer of(Webhook webhook) {
    return new WebhookAnswer(
        webhook.id(),
        webhook.name(),
        webhook.url(),
        webhook.eventTypes(),
        webhook.models(),
        webhook.active(),
        List.of(delivering(webhook)),
        webhook.oldSecretUntil(),
        Optional.empty(),
        webhook.createdBy(),
        webhook.createdAt(),
        webhook.updatedAt());
  }

  WebhookAnswer with(WebhookSecret shown) {
    return new WebhookAnswer(
        id,
        name,
        url,
        eventTypes,
        models,
        active,
        conditions,
        oldSecretUntil,
        Optional.of(shown.text()),
        createdBy,
        createdAt,
        updatedAt);
  }

  private static Condition delivering(Webhook webhook) {
    if (webhook.disabled().isPresent()) {
      return new Condition(
          "Delivering",
          false,
          "Disabled",
          webhook.disabled().get().reason() + " Correct it and activate it again.",
          webhook.disabled().get().at());
    }
    if (!webhook.active()) {
      return new Condition(
          "Delivering", false, "Inactive", "Somebody paused it.", webhook.updatedAt());
    }
    return webhook
        .failingSince()
        .map(
            since ->
                new Condition(
                    "Delivering",
                    false,
                    "Failing",
                    "%d attempts in a row failed; the deliveries tell why."
                        .formatted(webhook.failures()),
                    since))
        .orElseGet(
            () ->
                new Condition(
                    "Delivering", true, "Delivering", "Nothing is wrong.", webhook.updatedAt()));
  }
}
