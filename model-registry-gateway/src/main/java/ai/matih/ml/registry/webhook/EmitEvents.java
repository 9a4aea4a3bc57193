package ai.matih.ml.registry.webhook;

import ai.matih.ml.common.audit.AuditListener;
import ai.matih.ml.common.audit.AuditRow;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Makes an event of each audited change, in the transaction of the change. No use case knows of
 * webhooks: whatever is audited is told, if {@link EventTypes} says so and somebody wants it.
 */
final class EmitEvents implements AuditListener {

  private final Webhooks webhooks;
  private final Deliveries deliveries;
  private final Supplier<Optional<String>> requestId;

  EmitEvents(Webhooks webhooks, Deliveries deliveries, Supplier<Optional<String>> requestId) {
    this.webhooks = webhooks;
    this.deliveries = deliveries;
    this.requestId = requestId;
  }

  @Override
  public void recorded(AuditRow row) {
    Optional<String> type = EventTypes.of(row.action());
    if (type.isEmpty()) {
      return;
    }
    CloudEvent event = CloudEvent.of(UUID.randomUUID(), type.get(), row, requestId.get());
    List<UUID> wanted = webhooks.wanting(event.type(), event.model());
    if (!wanted.isEmpty()) {
      deliveries.add(event, wanted);
    }
  }
}
