package ai.matih.ml.serving.rollout;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.rollout.RolloutDesign.Step;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A version on its way into the traffic, step by step and by itself.
 *
 * @param digest of the version's files
 * @param stable what it is compared with and what an abort returns to; known once it started
 * @param step which one it is at, from 0
 * @param stepSince when that began
 * @param done what the steps before came to
 * @param waitsFor what it waits for, as of the last look
 * @param history every move, the latest last
 * @param reason why it is in its state
 */
public record GradualRollout(
    String id,
    ModelId model,
    long version,
    String deploymentId,
    String digest,
    Optional<Stable> stable,
    RolloutState state,
    RolloutDesign design,
    int step,
    Instant stepSince,
    RolloutEvidence evidence,
    RolloutVerdict verdict,
    List<StepDone> done,
    List<Wait> waitsFor,
    List<Moved> history,
    Optional<String> reason,
    String requestedBy,
    Instant requestedAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt) {

  /** The version beside the canary. */
  public record Stable(long version, String deploymentId) {}

  /** What was counted in a step that is over. */
  public record StepDone(Instant since, Instant until, ArmCounts stable, ArmCounts canary) {}

  /** One thing that it waits for. */
  public record Wait(String reason, String message) {}

  /**
   * A move of the past.
   *
   * @param step which one it was at afterwards, from 0
   * @param weight of the canary afterwards
   */
  public record Moved(
      Instant at, RolloutMove move, int step, Weight weight, String by, String reason) {}

  public GradualRollout {
    done = List.copyOf(done);
    waitsFor = List.copyOf(waitsFor);
    history = List.copyOf(history);
  }

  /** Counts its moves; what somebody sends as If-Match. */
  public long revision() {
    return history.size();
  }

  public Step current() {
    return design.steps().get(step);
  }

  /** Whether the traffic is its own. */
  public boolean isUnderWay() {
    return state == RolloutState.RUNNING || state == RolloutState.PAUSED;
  }

  GradualRollout started(Stable beside, Instant at, RolloutEvidence first) {
    return builder()
        .stable(beside)
        .startedAt(at)
        .step(0, at)
        .evidence(first)
        .moved(RolloutMove.STARTED, at, requestedBy, "Version %d is ready.".formatted(version));
  }

  /** The same after a look that changes nothing else. */
  GradualRollout seen(RolloutEvidence next, RolloutVerdict says, List<Wait> waits) {
    return builder().evidence(next).verdict(says).waitsFor(waits).build();
  }

  /** The same at a later step. */
  GradualRollout advanced(int to, Instant at, String by, String why) {
    return builder()
        .done(new StepDone(stepSince, at, evidence.stepStable(), evidence.stepCanary()))
        .step(to, at)
        .evidence(evidence.atStep())
        .moved(RolloutMove.ADVANCED, at, by, why);
  }

  /** The same after a move that leaves its step. */
  GradualRollout moved(RolloutMove move, Instant at, String by, String why) {
    return builder().moved(move, at, by, why);
  }

  private Builder builder() {
    return new Builder(this);
  }

  /** What changes of it. */
  private static final class Builder {

    private final GradualRollout before;
    private Optional<Stable> stable;
    private RolloutState state;
    private int step;
    private Instant stepSince;
    private RolloutEvidence evidence;
    private RolloutVerdict verdict;
    private final List<StepDone> done;
    private List<Wait> waitsFor;
    private final List<Moved> history;
    private Optional<String> reason;
    private Optional<Instant> startedAt;
    private Optional<Instant> endedAt;

    Builder(GradualRollout before) {
      this.before = before;
      this.stable = before.stable;
      this.state = before.state;
      this.step = before.step;
      this.stepSince = before.stepSince;
      this.evidence = before.evidence;
      this.verdict = before.verdict;
      this.done = new ArrayList<>(before.done);
      this.waitsFor = before.waitsFor;
      this.history = new ArrayList<>(before.history);
      this.reason = before.reason;
      this.startedAt = before.startedAt;
      this.endedAt = before.endedAt;
    }

    Builder stable(Stable beside) {
      stable = Optional.of(beside);
      return this;
    }

    Builder startedAt(Instant at) {
      startedAt = Optional.of(at);
      return this;
    }

    Builder step(int to, Instant at) {
      step = to;
      stepSince = at;
      waitsFor = List.of();
      return this;
    }

    Builder evidence(RolloutEvidence next) {
      evidence = next;
      return this;
    }

    Builder verdict(RolloutVerdict says) {
      verdict = says;
      return this;
    }

    Builder done(StepDone one) {
      done.add(one);
      return this;
    }

    Builder waitsFor(List<Wait> waits) {
      waitsFor = waits;
      return this;
    }

    GradualRollout moved(RolloutMove move, Instant at, String by, String why) {
      state = move.from(state);
      reason = Optional.of(why);
      if (state.isOver()) {
        endedAt = Optional.of(at);
        waitsFor = List.of();
      }
      Weight weight =
          switch (state) {
            case RUNNING, PAUSED, COMPLETED -> before.design.steps().get(step).weight();
            case WAITING, ABORTED, ENDED -> Weight.NONE;
          };
      history.add(new Moved(at, move, step, weight, by, why));
      return build();
    }

    GradualRollout build() {
      return new GradualRollout(
          before.id,
          before.model,
          before.version,
          before.deploymentId,
          before.digest,
          stable,
          state,
          before.design,
          step,
          stepSince,
          evidence,
          verdict,
          done,
          waitsFor,
          history,
          reason,
          before.requestedBy,
          before.requestedAt,
          startedAt,
          endedAt);
    }
  }
}
