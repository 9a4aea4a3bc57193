package ai.matih.ml.registry.promotion;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a guard says.
 *
 * @param reason one word for programs, from a closed list per guard
 * @param message the same for people, with what to do next
 * @param evidence the reports that it rests on
 * @param details the facts behind the message, for programs
 */
public record Verdict(
    Status status,
    String reason,
    String message,
    List<UUID> evidence,
    Map<String, Object> details) {

  /** How a guard stands. */
  public enum Status {
    MET,
    NOT_MET,
    NOT_APPLICABLE,
    /** Somebody who knows did not answer; counts as not met. */
    UNKNOWN,
    /** Can never be met for this request; the move is refused. */
    BARRED
  }

  public Verdict {
    evidence = List.copyOf(evidence);
    details = Map.copyOf(details);
  }

  public static Verdict met(String reason, String message, UUID... evidence) {
    return new Verdict(Status.MET, reason, message, List.of(evidence), Map.of());
  }

  public static Verdict notMet(String reason, String message, UUID... evidence) {
    return new Verdict(Status.NOT_MET, reason, message, List.of(evidence), Map.of());
  }

  public static Verdict notApplicable(String reason, String message) {
    return new Verdict(Status.NOT_APPLICABLE, reason, message, List.of(), Map.of());
  }

  public static Verdict unknown(String message) {
    return new Verdict(Status.UNKNOWN, "NoAnswer", message, List.of(), Map.of());
  }

  public static Verdict barred(String reason, String message) {
    return new Verdict(Status.BARRED, reason, message, List.of(), Map.of());
  }

  /** The same with a fact for programs. */
  public Verdict with(String fact, Object value) {
    Map<String, Object> more = new HashMap<>(details);
    more.put(fact, value);
    return new Verdict(status, reason, message, evidence, more);
  }

  /** Whether it stands in nobody's way. */
  public boolean opens() {
    return status == Status.MET || status == Status.NOT_APPLICABLE;
  }
}
