package ai.matih.ml.common.outbox;

import ai.matih.ml.common.tenant.Tenant;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Something that happened.
 *
 * @param subject what it happened to, for example {@code models/churn/versions/3}
 * @param payload ids, revision and what happened
 * @param attempt 1 on the first delivery
 */
public record OutboxEvent(
    UUID id, Tenant tenant, String type, String subject, JsonNode payload, int attempt) {}
