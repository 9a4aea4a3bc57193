package ai.matih.ml.registry.retention;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.emergency.OverrideRecord;
import ai.matih.ml.registry.emergency.Overrides;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.promotion.Gate;
import ai.matih.ml.registry.promotion.TransitionState;
import ai.matih.ml.registry.promotion.Transitions;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Ends what is open for a version, or a whole model, that leaves the registry. An override that
 * awaits its second person keeps the version: there would be nothing left to judge.
 */
public final class EndTransitions {

  private final Transitions transitions;
  private final Overrides overrides;
  private final ModelTransactions transactions;

  public EndTransitions(
      Transitions transitions, Overrides overrides, ModelTransactions transactions) {
    this.transitions = transitions;
    this.overrides = overrides;
    this.transactions = transactions;
  }

  /**
   * Works in the caller's transaction, which holds the model's lock.
   *
   * @throws Problem {@code IN_USE} while an override of the version awaits confirmation
   */
  public void of(ModelId model, VersionNumber version, String why) {
    end(model, version::equals, why);
  }

  /** The same for every version. */
  public void ofAll(ModelId model, String why) {
    end(model, _ -> true, why);
  }

  private void end(ModelId model, Predicate<VersionNumber> which, String why) {
    overrides.of(model).stream()
        .filter(override -> which.test(override.version()))
        .filter(override -> override.state() == OverrideRecord.State.AWAITING_CONFIRMATION)
        .findFirst()
        .ifPresent(
            override -> {
              throw new Problem(
                      RegistryError.IN_USE,
                      "The override of version %s by %s awaits confirmation until %s; it keeps the version as long."
                          .formatted(override.version(), override.by(), override.confirmBy()))
                  .with("model_id", model)
                  .with("version", override.version())
                  .with("override_id", override.id());
            });
    Instant now = transactions.now();
    transitions.open(model).stream()
        .filter(transition -> which.test(transition.version()))
        .forEach(
            transition -> {
              transitions.save(transition.end(TransitionState.FAILED, now, Gate.PLATFORM, why));
              transactions.record(
                  "transition.failed",
                  transition.path(),
                  Map.of(
                      "version", transition.version(),
                      "target", transition.to(),
                      "reason", why));
            });
  }
}
