package ai.matih.ml.registry.retention;

import ai.matih.ml.registry.model.ModelId;
import java.time.Instant;
import java.util.Optional;

/**
 * A model's retention as it stands.
 *
 * @param revision 0 as long as nobody declared one
 * @param applied when it was last applied
 */
public record RetentionRevision(
    ModelId model,
    int revision,
    Retention retention,
    Optional<String> changedBy,
    Optional<Instant> changedAt,
    Optional<Instant> applied) {

  public static RetentionRevision undeclared(ModelId model) {
    return new RetentionRevision(
        model, 0, Retention.FOR_EVER, Optional.empty(), Optional.empty(), Optional.empty());
  }
}
