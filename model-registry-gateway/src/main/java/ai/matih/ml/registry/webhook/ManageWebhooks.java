package ai.matih.ml.registry.webhook;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.ModelId;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes, changes and ends webhooks, and has messages sent on request. Audited is the host alone:
 * the rest of an address is a secret at many receivers.
 */
public final class ManageWebhooks {

  /** What to make or change; what is absent stays, or has its default. */
  public record Request(
      Optional<String> name,
      Optional<String> url,
      Optional<List<String>> eventTypes,
      Optional<List<String>> models,
      Optional<Boolean> active) {}

  /** A webhook with the secret that is shown this once. */
  public record WithSecret(Webhook webhook, WebhookSecret secret) {}

  private final Webhooks webhooks;
  private final Deliveries deliveries;
  private final TargetRules targets;
  private final WebhookSettings settings;
  private final Audit audit;
  private final Transactions transactions;
  private final Clock clock;

  public ManageWebhooks(
      Webhooks webhooks,
      Deliveries deliveries,
      TargetRules targets,
      WebhookSettings settings,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    this.webhooks = webhooks;
    this.deliveries = deliveries;
    this.targets = targets;
    this.settings = settings;
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  public WithSecret create(Request request, String principal) {
    Instant now = now();
    Webhook webhook =
        new Webhook(
            UUID.randomUUID(),
            request.name().orElseThrow(),
            url(request.url().orElseThrow()),
            eventTypes(request.eventTypes().orElse(List.of())),
            models(request.models().orElse(List.of())),
            request.active().orElse(true),
            Optional.empty(),
            0,
            Optional.empty(),
            Optional.empty(),
            principal,
            now,
            now);
    WebhookSecret secret = WebhookSecret.random();
    transactions.run(
        () -> {
          if (webhooks.count() >= settings.maxPerTenant()) {
            throw new Problem(
                RegistryError.WEBHOOK_LIMIT_REACHED,
                "The tenant has %d webhooks; remove one.".formatted(settings.maxPerTenant()));
          }
          webhooks.add(webhook, secret);
          audit.record("webhook.created", webhook.path(), Map.of("host", webhook.url().getHost()));
        });
    return new WithSecret(webhook, secret);
  }

  public Webhook change(UUID id, Request request) {
    Optional<URI> url = request.url().map(this::url);
    Optional<List<String>> types = request.eventTypes().map(ManageWebhooks::eventTypes);
    Optional<List<String>> models = request.models().map(ManageWebhooks::models);
    return transactions.call(
        () -> {
          Webhook now = find(id);
          boolean active = request.active().orElse(now.active());
          boolean again = active && !now.active();
          Webhook changed =
              new Webhook(
                  id,
                  request.name().orElse(now.name()),
                  url.orElse(now.url()),
                  types.orElse(now.eventTypes()),
                  models.orElse(now.models()),
                  active,
                  again ? Optional.empty() : now.failingSince(),
                  again ? 0 : now.failures(),
                  again ? Optional.empty() : now.disabled(),
                  now.oldSecretUntil(),
                  now.createdBy(),
                  now.createdAt(),
                  now());
          webhooks.change(changed);
          audit.record(
              "webhook.changed",
              changed.path(),
              Map.of("host", changed.url().getHost(), "active", changed.active()));
          return changed;
        });
  }

  public void remove(UUID id) {
    transactions.run(
        () -> {
          Webhook webhook = find(id);
          webhooks.remove(id);
          audit.record("webhook.deleted", webhook.path(), Map.of());
        });
  }

  public WithSecret rotate(UUID id) {
    WebhookSecret secret = WebhookSecret.random();
    return transactions.call(
        () -> {
          find(id);
          webhooks.rotate(id, secret, settings.oldSecretFor());
          Webhook webhook = find(id);
          audit.record("webhook.secret_rotated", webhook.path(), Map.of());
          return new WithSecret(webhook, secret);
        });
  }

  /** Sends a message that says nothing, to try the way. */
  public Delivery ping(UUID id, String principal) {
    return transactions.call(
        () -> {
          requireActive(find(id));
          deliveries.add(
              CloudEvent.ping(
                  UUID.randomUUID(), TenantScope.require().slug(), id, principal, now()),
              List.of(id));
          return deliveries.list(id, Optional.empty(), Optional.empty(), 1).getFirst();
        });
  }

  /** Sends an event again, whatever became of it. */
  public Delivery replay(UUID id, UUID delivery) {
    return transactions.call(
        () -> {
          Webhook webhook = find(id);
          Delivery old = delivery(id, delivery);
          requireActive(webhook);
          Delivery again = deliveries.replay(old);
          audit.record("webhook.replayed", webhook.path(), Map.of("event_id", old.event()));
          return again;
        });
  }

  public Delivery delivery(UUID webhook, UUID id) {
    return deliveries
        .find(webhook, id)
        .orElseThrow(
            () ->
                new Problem(
                    RegistryError.DELIVERY_NOT_FOUND, "The webhook has no delivery " + id + "."));
  }

  public Webhook find(UUID id) {
    return webhooks
        .find(id)
        .orElseThrow(
            () -> new Problem(RegistryError.WEBHOOK_NOT_FOUND, "There is no webhook " + id + "."));
  }

  private static void requireActive(Webhook webhook) {
    if (!webhook.active()) {
      throw new Problem(
          RegistryError.WEBHOOK_INACTIVE, "Activate it first: PATCH {\"active\": true}.");
    }
  }

  private URI url(String text) {
    try {
      return targets.parse(text);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("url", String.valueOf(e.getMessage()));
    }
  }

  private static List<String> eventTypes(List<String> types) {
    if (!EventTypes.all().containsAll(types)) {
      throw Problem.invalid("event_types", "must be among " + EventTypes.all());
    }
    return types.stream().distinct().sorted().toList();
  }

  private static List<String> models(List<String> models) {
    for (String model : models) {
      try {
        new ModelId(model);
      } catch (IllegalArgumentException e) {
        throw Problem.invalid("models", "must be ids of models");
      }
    }
    return models.stream().distinct().sorted().toList();
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
