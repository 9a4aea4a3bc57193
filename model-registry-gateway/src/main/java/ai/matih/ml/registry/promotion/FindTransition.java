package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import java.util.UUID;

/** Finds what a path names, or says that it is not there. */
public final class FindTransition {

  private final FindModel find;
  private final Transitions transitions;

  public FindTransition(FindModel find, Transitions transitions) {
    this.find = find;
    this.transitions = transitions;
  }

  public Transition transition(ModelId model, UUID id) {
    find.model(model);
    return transitions
        .find(model, id)
        .orElseThrow(
            () ->
                new Problem(
                        RegistryError.TRANSITION_NOT_FOUND,
                        "Model %s has no transition %s.".formatted(model, id))
                    .with("transition_id", id));
  }
}
