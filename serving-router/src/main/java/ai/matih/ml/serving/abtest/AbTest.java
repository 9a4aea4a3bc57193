package ai.matih.ml.serving.abtest;

import ai.matih.ml.serving.ModelId;
import java.time.Instant;
import java.util.Optional;

/**
 * A test of exactly these files against exactly those.
 *
 * @param digest of the challenger's files
 * @param control what it is compared with; known once it started
 * @param verdict of the last interim analysis, or the final one
 * @param salt deals the units to the arms, for this test alone
 * @param reason why it is over
 */
public record AbTest(
    String id,
    ModelId model,
    long version,
    String digest,
    Optional<Control> control,
    AbTestState state,
    AbVerdict verdict,
    AbTestDesign design,
    String salt,
    Optional<String> reason,
    String requestedBy,
    Instant requestedAt,
    Optional<Instant> endedAt,
    InterimAnalysis analysis) {

  /**
   * The arm that a test compares with.
   *
   * @param revision the revision of the traffic that runs the test
   */
  public record Control(long version, String digest, long revision, Instant startedAt) {}

  public boolean isRunning() {
    return state == AbTestState.RUNNING;
  }

  /** When it began to count. */
  public Optional<Instant> startedAt() {
    return control.map(Control::startedAt);
  }

  public AbTest started(Control against) {
    return with(AbTestMove.STARTED.from(state), AbVerdict.NONE, Optional.of(against))
        .analysed(InterimAnalysis.first(against.startedAt()));
  }

  /** The same test after an analysis that does not end it. */
  public AbTest seen(InterimAnalysis next) {
    return with(state, next.verdict(design), control).analysed(next);
  }

  /** The same test at its end; what it could not say stays unsaid. */
  public AbTest ended(AbTestMove move, Instant at, String why) {
    AbTestState end = move.from(state);
    AbVerdict last =
        end == AbTestState.INVALID
            ? AbVerdict.INVALID
            : verdict == AbVerdict.NONE ? AbVerdict.INCONCLUSIVE : verdict;
    return new AbTest(
        id,
        model,
        version,
        digest,
        control,
        end,
        move == AbTestMove.NEVER_STARTED ? AbVerdict.NONE : last,
        design,
        salt,
        Optional.of(why),
        requestedBy,
        requestedAt,
        Optional.of(at),
        analysis);
  }

  private AbTest with(AbTestState next, AbVerdict says, Optional<Control> against) {
    return new AbTest(
        id,
        model,
        version,
        digest,
        against,
        next,
        says,
        design,
        salt,
        reason,
        requestedBy,
        requestedAt,
        endedAt,
        analysis);
  }

  private AbTest analysed(InterimAnalysis next) {
    return new AbTest(
        id,
        model,
        version,
        digest,
        control,
        state,
        verdict,
        design,
        salt,
        reason,
        requestedBy,
        requestedAt,
        endedAt,
        next);
  }
}
