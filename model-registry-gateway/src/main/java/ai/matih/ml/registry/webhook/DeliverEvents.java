package ai.matih.ml.registry.webhook;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.webhook.Deliveries.Attempt;
import ai.matih.ml.registry.webhook.Sender.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Sends what is due. Each delivery is claimed by one replica; when that dies in between, another
 * one sends the message again with the same id.
 */
public final class DeliverEvents {

  private final Deliveries deliveries;
  private final Webhooks webhooks;
  private final Sender sender;
  private final RetryPauses pauses;
  private final WebhookSettings settings;
  private final Audit audit;
  private final Transactions transactions;
  private final Clock clock;

  public DeliverEvents(
      Deliveries deliveries,
      Webhooks webhooks,
      Sender sender,
      RetryPauses pauses,
      WebhookSettings settings,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    this.deliveries = deliveries;
    this.webhooks = webhooks;
    this.sender = sender;
    this.pauses = pauses;
    this.settings = settings;
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** Makes one attempt. */
  void deliver(Claim claim) {
    Optional<Attempt> begun = transactions.call(() -> deliveries.begin(claim));
    if (begun.isEmpty()) {
      return;
    }
    Attempt attempt = begun.get();
    List<WebhookSecret> secrets = transactions.call(() -> webhooks.secrets(attempt.webhook().id()));
    Outcome outcome =
        secrets.isEmpty()
            ? Outcome.notSent(
                "The secret cannot be read any more, since the service has another key; rotate it.",
                Duration.ZERO)
            : sender.send(attempt.webhook().url(), headers(attempt, secrets), attempt.body());
    transactions.run(() -> note(claim, attempt, outcome));
  }

  private Map<String, String> headers(Attempt attempt, List<WebhookSecret> secrets) {
    String id = attempt.event().toString();
    long now = clock.instant().getEpochSecond();
    return Map.of(
        "webhook-id",
        id,
        "webhook-timestamp",
        Long.toString(now),
        "webhook-signature",
        secrets.stream()
            .map(secret -> secret.sign(id, now, attempt.body()))
            .collect(Collectors.joining(" ")));
  }

  private void note(Claim claim, Attempt attempt, Outcome outcome) {
    Webhook webhook = attempt.webhook();
    if (outcome.arrived()) {
      if (deliveries.end(claim, outcome, Optional.empty())) {
        webhooks.arrived(webhook.id());
      }
      return;
    }
    Duration pause = pauses.after(attempt.number(), outcome.retryAfter());
    boolean last = attempt.overdue() || outcome.gone();
    if (!deliveries.end(claim, outcome, Optional.of(pause).filter(_ -> !last))) {
      return;
    }
    Optional<Webhook> failing =
        webhooks.failed(webhook.id(), pauses.after(webhook.failures() + 1, outcome.retryAfter()));
    if (outcome.gone()) {
      disable(webhook, "The receiver answered 410: it wants nothing any more.");
    } else if (failing.flatMap(Webhook::failingSince).filter(this::tooLong).isPresent()) {
      disable(webhook, "Nothing has arrived for %s.".formatted(settings.disableAfter()));
    }
  }

  private boolean tooLong(java.time.Instant since) {
    return !since.plus(settings.disableAfter()).isAfter(clock.instant());
  }

  private void disable(Webhook webhook, String reason) {
    webhooks.disable(webhook.id(), reason);
    audit.record("webhook.disabled", webhook.path(), Map.of("reason", reason));
  }
}
