package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** Ends what is open for a version that leaves the registry. */
public final class EndTransitions {

  private final Transitions transitions;
  private final Audit audit;
  private final Clock clock;

  public EndTransitions(Transitions transitions, Audit audit, Clock clock) {
    this.transitions = transitions;
    this.audit = audit;
    this.clock = clock;
  }

  /** Works in the caller's transaction, which holds the model's lock. */
  public void of(ModelId model, VersionNumber version, String why) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    transitions.open(model).stream()
        .filter(transition -> transition.version().equals(version))
        .forEach(
            transition -> {
              transitions.save(transition.end(TransitionState.FAILED, now, Gate.PLATFORM, why));
              audit.record(
                  "transition.failed",
                  transition.path(),
                  Map.of("version", version, "target", transition.to(), "reason", why));
            });
  }
}
