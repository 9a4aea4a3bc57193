package ai.matih.ml.training.job;

import ai.matih.ml.common.outbox.OutboxEvent;
import ai.matih.ml.common.outbox.OutboxHandler;
import ai.matih.ml.common.tenant.Tenant;
import java.util.function.BiConsumer;
import tools.jackson.databind.json.JsonMapper;

/** Delivers one type of {@link JobEnd.Message}. */
record JobMessages(String type, JsonMapper json, BiConsumer<Tenant, JobEnd.Message> deliver)
    implements OutboxHandler {

  @Override
  public void handle(OutboxEvent event) {
    deliver.accept(event.tenant(), json.treeToValue(event.payload(), JobEnd.Message.class));
  }
}
