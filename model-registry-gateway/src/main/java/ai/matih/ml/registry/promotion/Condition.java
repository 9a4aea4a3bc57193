package ai.matih.ml.registry.promotion;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * How one guard stood when it was last looked at.
 *
 * @param since when it got this status
 */
public record Condition(
    String type,
    Verdict.Status status,
    String reason,
    String message,
    Instant since,
    List<UUID> evidence) {

  public Condition {
    evidence = List.copyOf(evidence);
  }

  public boolean opens() {
    return status == Verdict.Status.MET || status == Verdict.Status.NOT_APPLICABLE;
  }
}
