package ai.matih.ml.serving.drift;

import ai.matih.ml.serving.sketch.Arm;
import java.time.Instant;
import java.util.List;

/**
 * How far a model's inputs and answers are from its training.
 *
 * @param from when the earliest counts begin
 * @param comparisons of the arms with each other, by input
 */
public record DriftReport(
    Instant from,
    Instant to,
    DriftRules rules,
    List<JudgedArm> arms,
    List<ArmComparison> comparisons) {

  public DriftReport {
    arms = List.copyOf(arms);
    comparisons = List.copyOf(comparisons);
  }

  /** The worst of all arms that get traffic. */
  public Severity severity() {
    return arms.stream()
        .filter(arm -> !arm.counted().arm().variant().equals(Arm.PINNED))
        .map(JudgedArm::severity)
        .max(Severity::compareTo)
        .orElse(Severity.INSUFFICIENT_DATA);
  }

  public Cause cause() {
    return CompareArms.overall(comparisons);
  }
}
