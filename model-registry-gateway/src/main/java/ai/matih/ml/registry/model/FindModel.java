package ai.matih.ml.registry.model;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds what a path names, or says that it is not there. */
public final class FindModel {

  private final Models models;
  private final Versions versions;

  public FindModel(Models models, Versions versions) {
    this.models = models;
    this.versions = versions;
  }

  public Model model(ModelId id) {
    return models.find(id).orElseThrow(() -> noModel(id));
  }

  /** For acts that a retired model takes no more. */
  public Model active(ModelId id) {
    Model model = model(id);
    model
        .retirement()
        .ifPresent(
            retirement -> {
              throw new Problem(
                      RegistryError.MODEL_RETIRED,
                      "Model %s was retired by %s at %s: %s POST /models/%s/reactivate brings it back."
                          .formatted(
                              id, retirement.by(), retirement.at(), ended(retirement.reason()), id))
                  .with("model_id", id)
                  .with("transition_id", retirement.transition());
            });
    return model;
  }

  private static String ended(String reason) {
    return reason.endsWith(".") ? reason : reason + ".";
  }

  /** For what is told of a deleted model, too. */
  public void requireEverThere(ModelId id) {
    if (!models.isDeleted(id)) {
      model(id);
    }
  }

  /** The policy that is in force now. */
  public PolicyRevision policy(ModelId model) {
    return models.policy(model);
  }

  /** An earlier revision, or the one that is in force. */
  public PolicyRevision policy(ModelId model, int revision) {
    return models.policy(model, revision);
  }

  /** What looks like a mistake in a policy, though nothing forbids it. */
  public List<String> warnings(PolicyRevision policy) {
    Set<String> known = versions.metricNames(policy.model());
    if (known.isEmpty()) {
      return List.of();
    }
    return policy.policy().baseline().stream()
        .map(BaselineRule::metric)
        .filter(metric -> !known.contains(metric))
        .map(
            metric ->
                "No version of the model has the metric %s, and none without it meets the baseline. %s"
                    .formatted(metric, MetricNames.insteadOf(metric, known)))
        .toList();
  }

  public ModelVersion version(ModelId model, int number) {
    model(model);
    if (number < 1) {
      throw noVersion(model, number);
    }
    return versions
        .find(model, new VersionNumber(number))
        .orElseThrow(() -> noVersion(model, number));
  }

  private Problem noModel(ModelId id) {
    return (models.isDeleted(id)
            ? new Problem(
                RegistryError.MODEL_DELETED,
                "Model %s was deleted. Its record stays; POST /models/%s/restore brings it back while its files are there."
                    .formatted(id, id))
            : new Problem(RegistryError.MODEL_NOT_FOUND, "There is no model " + id + "."))
        .with("model_id", id);
  }

  private Problem noVersion(ModelId model, int number) {
    Optional<Instant> deleted =
        number < 1 ? Optional.empty() : versions.deletedAt(model, new VersionNumber(number));
    if (deleted.isPresent()) {
      return new Problem(
              RegistryError.VERSION_DELETED,
              "Version %d of %s was deleted at %s. GET /models/%s/deletions says until when it can be restored."
                  .formatted(number, model, deleted.get(), model))
          .with("model_id", model)
          .with("version", number);
    }
    return new Problem(
            RegistryError.VERSION_NOT_FOUND, "Model %s has no version %d.".formatted(model, number))
        .with("model_id", model)
        .with("version", number);
  }
}
