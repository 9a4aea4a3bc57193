package ai.matih.ml.serving.rollout.web;

import ai.matih.ml.serving.rollout.ArmCounts;
import ai.matih.ml.serving.rollout.GradualRollout;
import ai.matih.ml.serving.rollout.GradualRollout.Moved;
import ai.matih.ml.serving.rollout.GradualRollout.Stable;
import ai.matih.ml.serving.rollout.GradualRollout.StepDone;
import ai.matih.ml.serving.rollout.OddsTest;
import ai.matih.ml.serving.rollout.OddsTest.Evidence;
import ai.matih.ml.serving.rollout.RolloutDesign;
import ai.matih.ml.serving.rollout.RolloutDesign.Step;
import ai.matih.ml.serving.rollout.RolloutEvidence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A roll-out with the numbers behind its verdict, as of the last look.
 *
 * @param version the canary
 * @param digest of its files
 * @param stableVersion what it is compared with, once it started
 * @param verdict {@code healthy}, {@code harm} or {@code inconclusive}
 * @param verdictReason what speaks against it
 * @param step which one it is at, from 1
 * @param waitsFor what holds the next step
 * @param canary counted since the roll-out began
 * @param stable counted in the same time
 * @param slowAboveMs an answer that took longer counts as slow: so long took a share of the stable
 *     version's answers
 * @param comparisons of the canary with the stable version
 * @param looks how many looks there were
 * @param revision counts its moves; the ETag
 * @param history every move, the first one first
 */
record RolloutView(
    String id,
    String modelId,
    String status,
    String verdict,
    @Nullable String verdictReason,
    long version,
    String deploymentId,
    String digest,
    @Nullable Long stableVersion,
    int step,
    List<StepView> steps,
    List<WaitView> waitsFor,
    SideView canary,
    SideView stable,
    @Nullable Double slowAboveMs,
    List<ComparisonView> comparisons,
    MethodView method,
    JudgementView judgement,
    long looks,
    @Nullable String lookedAt,
    long revision,
    List<MoveView> history,
    @Nullable String reason,
    String requestedBy,
    String requestedAt,
    @Nullable String startedAt,
    @Nullable String endedAt) {

  /**
   * One step.
   *
   * @param status {@code done}, {@code current} or {@code ahead}
   * @param canary counted in it
   * @param stable counted in the same time
   */
  record StepView(
      int weightBps,
      String dwell,
      long minimumRequests,
      long minimumOutcomes,
      String status,
      @Nullable String startedAt,
      @Nullable String endedAt,
      @Nullable SideView canary,
      @Nullable SideView stable) {}

  /** One thing that it waits for. */
  record WaitView(String reason, String message) {}

  /**
   * One side.
   *
   * @param requests that the traffic gave to it; pinned calls do not count
   * @param errors sound requests on which it failed
   * @param latencyP50Ms half of its answers took at most so long; at most a quarter too high
   * @param outcomes its units whose outcome is known
   */
  record SideView(
      long requests,
      long errors,
      @Nullable Double errorRate,
      @Nullable Double latencyP50Ms,
      @Nullable Double latencyP95Ms,
      @Nullable Double latencyP99Ms,
      long outcomes,
      long badOutcomes) {}

  /**
   * One comparison, over all looks.
   *
   * @param metric {@code errors}, {@code latency} or {@code quality}
   * @param canaryBad how many of {@code canary} failed, were slow or went badly
   * @param tolerance how many times the stable version's odds are no harm
   * @param oddsRatioAtLeast the canary's odds are at least so many times the stable version's, with
   *     the confidence of the test, at all looks together
   * @param evidence how much better more than the tolerated ratio explains what was seen; it is
   *     harm where this reaches {@code harm_at}
   * @param pValue always valid: the smallest of all looks
   */
  record ComparisonView(
      String metric,
      long canary,
      long canaryBad,
      long stable,
      long stableBad,
      double tolerance,
      double oddsRatioAtLeast,
      double evidence,
      double harmAt,
      double pValue) {}

  /** How it is judged, with its source. */
  record MethodView(String name, String source) {}

  /**
   * The terms it was asked for with.
   *
   * @param latencyQuantile slower than this share of the stable version's answers is slow
   */
  record JudgementView(
      double alpha,
      double latencyQuantile,
      @Nullable String qualityMetric,
      long breakerErrors,
      long breakerRequests,
      List<FreezeView> freeze,
      String maxDuration) {}

  record FreezeView(String from, String until) {}

  /**
   * A move of the past.
   *
   * @param step which one it was at afterwards, from 1
   * @param weightBps of the canary afterwards
   * @param by who did it; {@code platform} where it went by itself
   */
  record MoveView(String at, String move, int step, int weightBps, String by, String reason) {}

  private static final MethodView METHOD =
      new MethodView(
          "product over the looks of noncentral hypergeometric likelihood ratios, mixed over ratios of odds; always valid",
          "Turner, Ly, Grünwald 2024, doi:10.1016/j.jspi.2023.106116; Robbins 1970");

  static RolloutView of(GradualRollout rollout) {
    RolloutEvidence evidence = rollout.evidence();
    RolloutDesign design = rollout.design();
    return new RolloutView(
        rollout.id(),
        rollout.model().value(),
        rollout.state().wireName(),
        rollout.verdict().finding().wireName(),
        rollout.verdict().because().orElse(null),
        rollout.version(),
        rollout.deploymentId(),
        rollout.digest(),
        rollout.stable().map(Stable::version).orElse(null),
        rollout.step() + 1,
        steps(rollout),
        rollout.waitsFor().stream()
            .map(wait -> new WaitView(wait.reason(), wait.message()))
            .toList(),
        side(evidence.canary()),
        side(evidence.stable()),
        evidence.slowAboveMillis(design).orElse(null),
        comparisons(design, evidence),
        METHOD,
        judgement(design),
        evidence.looks(),
        evidence.looks() == 0 ? null : evidence.at().toString(),
        rollout.revision(),
        rollout.history().stream().map(RolloutView::move).toList(),
        rollout.reason().orElse(null),
        rollout.requestedBy(),
        rollout.requestedAt().toString(),
        rollout.startedAt().map(Instant::toString).orElse(null),
        rollout.endedAt().map(Instant::toString).orElse(null));
  }

  private static List<StepView> steps(GradualRollout rollout) {
    List<StepView> views = new ArrayList<>();
    List<Step> steps = rollout.design().steps();
    for (int i = 0; i < steps.size(); i++) {
      boolean current = i == rollout.step() && rollout.startedAt().isPresent();
      // A promotion may leave steps out; what was counted before belongs to the first ones.
      StepDone done =
          i < rollout.step() && i < rollout.done().size() ? rollout.done().get(i) : null;
      Step step = steps.get(i);
      views.add(
          new StepView(
              step.weight().bps(),
              step.dwell().toString(),
              step.minimumRequests(),
              step.minimumOutcomes(),
              i < rollout.step() ? "done" : current ? "current" : "ahead",
              done != null
                  ? done.since().toString()
                  : current ? rollout.stepSince().toString() : null,
              done != null ? done.until().toString() : null,
              done != null
                  ? side(done.canary())
                  : current ? side(rollout.evidence().stepCanary()) : null,
              done != null
                  ? side(done.stable())
                  : current ? side(rollout.evidence().stepStable()) : null));
    }
    return views;
  }

  private static SideView side(ArmCounts counts) {
    boolean answered = counts.latency().total() > 0;
    return new SideView(
        counts.requests(),
        counts.errors(),
        counts.requests() == 0 ? null : (double) counts.errors() / counts.requests(),
        answered ? counts.latency().quantileMillis(0.5) : null,
        answered ? counts.latency().quantileMillis(0.95) : null,
        answered ? counts.latency().quantileMillis(0.99) : null,
        counts.outcomes(),
        counts.badOutcomes());
  }

  private static List<ComparisonView> comparisons(RolloutDesign design, RolloutEvidence evidence) {
    List<ComparisonView> comparisons = new ArrayList<>();
    comparisons.add(comparison("errors", design.errorTest(), evidence.errors()));
    comparisons.add(comparison("latency", design.latencyTest(), evidence.latency()));
    if (design.quality().isPresent()) {
      comparisons.add(comparison("quality", design.qualityTest(), evidence.quality()));
    }
    return comparisons;
  }

  private static ComparisonView comparison(String metric, OddsTest test, Evidence evidence) {
    return new ComparisonView(
        metric,
        evidence.canary(),
        evidence.canaryBad(),
        evidence.stable(),
        evidence.stableBad(),
        test.tolerance(),
        test.atLeast(evidence),
        Math.min(1e300, test.value(evidence)),
        1 / test.alpha(),
        evidence.pValue());
  }

  private static JudgementView judgement(RolloutDesign design) {
    return new JudgementView(
        design.alpha(),
        design.slow().quantile(),
        design.quality().map(RolloutDesign.Quality::metric).orElse(null),
        design.breaker().errors(),
        design.breaker().requests(),
        design.freeze().stream()
            .map(freeze -> new FreezeView(freeze.from().toString(), freeze.until().toString()))
            .toList(),
        design.maxDuration().toString());
  }

  private static MoveView move(Moved move) {
    return new MoveView(
        move.at().toString(),
        move.move().wireName(),
        move.step() + 1,
        move.weight().bps(),
        move.by(),
        move.reason());
  }
}
