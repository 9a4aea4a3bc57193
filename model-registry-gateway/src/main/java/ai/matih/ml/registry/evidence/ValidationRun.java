package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * One request to find out about a version, which people can come back to.
 *
 * @param examinations that answer it, in order; also such that were under way or done already
 */
public record ValidationRun(
    UUID id,
    ModelId model,
    VersionNumber version,
    String requestedBy,
    Instant requestedAt,
    List<UUID> examinations) {

  public ValidationRun {
    examinations = List.copyOf(examinations);
  }
}
