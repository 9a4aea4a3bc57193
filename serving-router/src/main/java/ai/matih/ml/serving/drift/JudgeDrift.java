package ai.matih.ml.serving.drift;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.sketch.Sketches;
import ai.matih.ml.serving.sketch.TimeWindow;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Judges what was counted of a model in a window. */
public final class JudgeDrift {

  private final Sketches sketches;
  private final DriftRules rules;
  private final Clock clock;

  public JudgeDrift(Sketches sketches, DriftRules rules, Clock clock) {
    this.sketches = sketches;
    this.rules = rules;
    this.clock = clock;
  }

  /** All arms, because each is compared with the others. */
  public DriftReport report(ModelId model, TimeWindow window) {
    Instant to = clock.instant();
    Sketches.Window counted =
        sketches.since(model, to.minus(window.length()), Optional.empty(), Optional.empty());
    List<JudgedArm> arms = counted.arms().stream().map(arm -> JudgedArm.of(arm, rules)).toList();
    return new DriftReport(counted.from(), to, rules, arms, CompareArms.of(arms, rules));
  }
}
