package ai.matih.ml.registry.webhook;

import ai.matih.ml.common.audit.AuditRow;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that happened, as CloudEvents 1.0 in its structured JSON form.
 *
 * @param id the same in every attempt and replay
 * @param body as it is signed and sent
 */
public record CloudEvent(UUID id, String type, Optional<String> model, String body) {

  public static final String MEDIA_TYPE = "application/cloudevents+json; charset=utf-8";

  private static final String SOURCE = "urn:matih-ml:model-registry-gateway";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern TARGET =
      Pattern.compile("models/([^/]+)(?:/versions/(\\d+))?(?:/transitions/([^/]+))?.*");

  /**
   * What a row of the audit chain tells. The row's place and hash go along: whoever keeps them can
   * later prove that the chain was not rewritten.
   */
  static CloudEvent of(UUID id, String type, AuditRow row, Optional<String> requestId) {
    ObjectNode data = (ObjectNode) JSON.readTree(row.details());
    Matcher target = TARGET.matcher(row.target());
    Optional<String> model = Optional.empty();
    if (target.matches()) {
      model = Optional.of(target.group(1));
      data.put("model_id", target.group(1));
      if (target.group(2) != null) {
        data.put("version", Integer.parseInt(target.group(2)));
      }
      if (target.group(3) != null) {
        data.put("transition_id", target.group(3));
      }
    }
    Map<String, Object> event = envelope(id, type, row.target(), row.at(), row.tenant());
    event.put("actor", row.principal());
    requestId.ifPresent(request -> event.put("requestid", request));
    event.put("auditseq", row.seq());
    event.put("audithash", row.hash());
    event.put("data", data);
    return new CloudEvent(id, type, model, JSON.writeValueAsString(event));
  }

  static CloudEvent ping(UUID id, String tenant, UUID webhook, String actor, Instant at) {
    Map<String, Object> event = envelope(id, EventTypes.PING, "webhooks/" + webhook, at, tenant);
    event.put("actor", actor);
    JsonNode data = JSON.createObjectNode().put("webhook_id", webhook.toString());
    event.put("data", data);
    return new CloudEvent(id, EventTypes.PING, Optional.empty(), JSON.writeValueAsString(event));
  }

  private static Map<String, Object> envelope(
      UUID id, String type, String subject, Instant at, String tenant) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("specversion", "1.0");
    event.put("id", id.toString());
    event.put("source", SOURCE);
    event.put("type", type);
    event.put("subject", subject);
    event.put("time", at.toString());
    event.put("datacontenttype", "application/json");
    event.put("tenant", tenant);
    return event;
  }
}
