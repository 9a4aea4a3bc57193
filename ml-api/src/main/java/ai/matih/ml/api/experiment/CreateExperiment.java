package ai.matih.ml.api.experiment;

import ai.matih.ml.api.ApiError;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes an experiment once, however often it is asked.
 *
 * <p>A name that turns out to be taken, or no answer at all, is resolved by looking at who has the
 * name: the request's own fingerprint in its tags means that this request made it before.
 */
public final class CreateExperiment {

  private final ExperimentTracker tracker;

  public CreateExperiment(ExperimentTracker tracker) {
    this.tracker = tracker;
  }

  /**
   * @param request fingerprint of the request, the same for its repeats
   */
  public Experiment create(
      String name,
      Optional<String> description,
      Map<String, String> tags,
      String request,
      String creator) {
    Map<String, String> all = new LinkedHashMap<>(tags);
    description.ifPresent(text -> all.put(Tags.DESCRIPTION, text));
    all.put(Tags.REQUEST, request);
    all.put(Tags.CREATED_BY, creator);
    try {
      return required(tracker.createExperiment(name, all));
    } catch (ExperimentTracker.NameTaken taken) {
      return tracker
          .experimentNamed(name)
          .filter(known -> request.equals(known.tags().get(Tags.REQUEST)))
          .orElseThrow(() -> taken(name));
    } catch (EngineFailure.OutcomeUnknown unknown) {
      return tracker
          .experimentNamed(name)
          .filter(known -> request.equals(known.tags().get(Tags.REQUEST)))
          .orElseThrow(() -> unknown);
    }
  }

  private Problem taken(String name) {
    Optional<Experiment> holder = tracker.experimentNamed(name);
    Problem problem =
        holder.filter(known -> known.lifecycleStage() == LifecycleStage.DELETED).isPresent()
            ? new Problem(
                ApiError.EXPERIMENT_NAME_TAKEN,
                "A deleted experiment has this name; restore it or take another.")
            : new Problem(ApiError.EXPERIMENT_NAME_TAKEN, "An experiment with this name exists.");
    holder.ifPresent(known -> problem.with("experiment_id", known.id().value()));
    return problem.with("name", name);
  }

  private Experiment required(ExperimentId id) {
    return tracker
        .experiment(id)
        .orElseThrow(
            () -> new EngineFailure.Misbehaved("mlflow", 404, "the new experiment is not there"));
  }
}
