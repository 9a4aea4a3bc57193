package ai.matih.ml.registry.emergency;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.Condition;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Production went back to the version before: the stages in one transaction, the traffic after
 * them.
 *
 * @param id also the name of the restore that the router is asked for
 * @param from the version that left Production
 * @param to the version that took over again
 */
public record Rollback(
    UUID id,
    ModelId model,
    VersionNumber from,
    VersionNumber to,
    UUID transition,
    State state,
    String by,
    String reason,
    Instant startedAt,
    Optional<Instant> endedAt,
    List<Condition> conditions) {

  /** Where a roll-back stands. */
  public enum State {
    /** The stages have moved, the traffic has yet to. */
    MOVING,
    COMPLETED,
    /** The stages have moved and the traffic will not; the condition says why. */
    FAILED
  }

  static final String STAGE_MOVED = "StageMoved";
  static final String TRAFFIC_MOVED = "TrafficMoved";

  public Rollback {
    conditions = List.copyOf(conditions);
  }

  public String path() {
    return "models/" + model + "/rollbacks/" + id;
  }

  public static Rollback started(
      UUID id, Transition cause, VersionNumber to, String by, String reason, Instant now) {
    return new Rollback(
        id,
        cause.model(),
        cause.version(),
        to,
        cause.id(),
        State.MOVING,
        by,
        reason,
        now,
        Optional.empty(),
        List.of(
            condition(
                STAGE_MOVED,
                Verdict.met(
                    "Moved",
                    "Version %s is Production, version %s went to Staging."
                        .formatted(to, cause.version())),
                now),
            condition(
                TRAFFIC_MOVED, Verdict.notMet("Moving", "The router is asked for it."), now)));
  }

  Rollback traffic(State now, Verdict verdict, Instant at) {
    Condition before = conditions.getLast();
    Condition after = condition(TRAFFIC_MOVED, verdict, at);
    Instant since = before.status() == after.status() ? before.since() : at;
    return new Rollback(
        id,
        model,
        from,
        to,
        transition,
        now,
        by,
        reason,
        startedAt,
        now == State.MOVING ? Optional.empty() : Optional.of(at),
        List.of(conditions.getFirst(), after.since(since)));
  }

  private static Condition condition(String type, Verdict verdict, Instant at) {
    return new Condition(
        type,
        verdict.status(),
        verdict.reason(),
        verdict.message(),
        at,
        List.of(),
        verdict.details(),
        verdict.opens() ? Optional.empty() : Optional.of(Condition.Who.PLATFORM));
  }
}
