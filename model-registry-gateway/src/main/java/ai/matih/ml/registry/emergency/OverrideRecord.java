package ai.matih.ml.registry.emergency;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.Condition;
import ai.matih.ml.registry.promotion.Gate;
import ai.matih.ml.registry.promotion.Requester;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Somebody broke the glass: a version moved although conditions were not met. It stays on the
 * version for ever, confirmed by a second person or not.
 *
 * @param skipped the conditions that stood in the way, as they were
 * @param confirmBy until when a second person has to agree
 * @param settled the second person's agreement, or the platform's note that none came in time
 * @param undo what became of the move when nobody agreed
 */
public record OverrideRecord(
    UUID id,
    ModelId model,
    VersionNumber version,
    UUID transition,
    Stage from,
    Stage to,
    Requester requester,
    String by,
    String reason,
    List<Condition> skipped,
    Instant at,
    Instant confirmBy,
    State state,
    Optional<Settled> settled,
    Undo undo) {

  /** Where an override stands. */
  public enum State {
    AWAITING_CONFIRMATION,
    CONFIRMED,
    /** Nobody agreed in time; marked so for ever. */
    UNCONFIRMED
  }

  /** What becomes of the move of an unconfirmed override. */
  public enum Undo {
    /** It is not, or not yet, unconfirmed. */
    NONE,
    /** The roll-back has yet to happen; it is tried until it does. */
    PENDING,
    DONE,
    /** The version does not stand any more where the override brought it. */
    NOT_NEEDED,
    /** There is nothing to go back to. Somebody has to decide. */
    IMPOSSIBLE
  }

  /** Who settled it, when, and with which words. */
  public record Settled(Instant at, String by, Optional<String> comment) {}

  public OverrideRecord {
    skipped = List.copyOf(skipped);
  }

  public String path() {
    return "models/" + model + "/transitions/" + transition + "/override";
  }

  public OverrideRecord confirmed(Instant at, String by, Optional<String> comment) {
    return settled(State.CONFIRMED, new Settled(at, by, comment), Undo.NONE);
  }

  public OverrideRecord unconfirmed(Instant at, Undo undo) {
    return settled(
        State.UNCONFIRMED,
        new Settled(at, Gate.PLATFORM, Optional.of("Nobody confirmed it.")),
        undo);
  }

  OverrideRecord undone(Undo how) {
    return settled(state, settled.orElseThrow(), how);
  }

  private OverrideRecord settled(State now, Settled settled, Undo undo) {
    return new OverrideRecord(
        id,
        model,
        version,
        transition,
        from,
        to,
        requester,
        by,
        reason,
        skipped,
        at,
        confirmBy,
        now,
        Optional.of(settled),
        undo);
  }
}
