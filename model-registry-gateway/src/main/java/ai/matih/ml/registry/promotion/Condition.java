package ai.matih.ml.registry.promotion;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * How one guard stood when it was last looked at.
 *
 * @param since when it got this status
 * @param details the facts behind the message, for example who still calls
 * @param fixedBy who can do something about it, while it stands in the way
 */
public record Condition(
    String type,
    Verdict.Status status,
    String reason,
    String message,
    Instant since,
    List<UUID> evidence,
    Map<String, Object> details,
    Optional<Who> fixedBy) {

  /** Whose turn it is. */
  public enum Who {
    /** Whoever asked for the move, or trains models. */
    REQUESTER,
    /** Whoever may approve. */
    REVIEWER,
    /** Whoever deploys and moves traffic. */
    ENGINEER,
    /** The platform does it by itself. */
    PLATFORM
  }

  public Condition {
    evidence = List.copyOf(evidence);
    details = Map.copyOf(details);
  }

  public Condition since(Instant other) {
    return new Condition(type, status, reason, message, other, evidence, details, fixedBy);
  }

  public boolean opens() {
    return status == Verdict.Status.MET || status == Verdict.Status.NOT_APPLICABLE;
  }
}
