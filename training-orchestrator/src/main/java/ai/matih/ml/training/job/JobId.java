package ai.matih.ml.training.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** Names a training job. */
public record JobId(@JsonValue UUID value) {

  @JsonCreator
  public static JobId of(String text) {
    return new JobId(UUID.fromString(text));
  }

  /** Empty for a text that cannot be a job's id. */
  public static Optional<JobId> parse(String text) {
    return text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
        ? Optional.of(of(text))
        : Optional.empty();
  }

  public static JobId random() {
    return new JobId(UUID.randomUUID());
  }

  /** The same request always means the same job, also when the first answer was never stored. */
  static JobId ofRequest(String tenant, String principal, String idempotencyKey) {
    String text = tenant + "\u0000" + principal + "\u0000" + idempotencyKey;
    return new JobId(UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
