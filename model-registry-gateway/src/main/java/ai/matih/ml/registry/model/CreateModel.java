package ai.matih.ml.registry.model;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.RegistryError;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** Makes a model with its first policy. */
public final class CreateModel {

  /**
   * @param policy the undeclared one when not given
   */
  public record Request(
      String name,
      Optional<String> description,
      Task task,
      Optional<String> framework,
      Map<String, String> tags,
      Policy policy) {}

  private final Models models;
  private final Audit audit;
  private final Transactions transactions;
  private final Clock clock;

  public CreateModel(Models models, Audit audit, Transactions transactions, Clock clock) {
    this.models = models;
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  public Model create(Request request, String principal) {
    ModelId id;
    try {
      id = ModelId.ofName(request.name());
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("name", String.valueOf(e.getMessage()));
    }
    if (!request.policy().evaluation().map(Policy.EvaluationData::hasDigest).orElse(true)) {
      // Finding the digest means asking another service, which making a model does not.
      throw Problem.invalid(
          "policy.evaluation.dataset",
          "needs its digest here (dataset:name@sha256:…); PUT …/policy finds it by itself");
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Model model =
        new Model(
            id,
            request.name(),
            request.description(),
            request.task(),
            request.framework(),
            request.tags(),
            principal,
            now,
            now,
            Optional.empty());
    transactions.run(
        () -> {
          if (!models.add(model, new PolicyRevision(id, 1, request.policy(), principal, now))) {
            throw new Problem(
                    RegistryError.MODEL_NAME_TAKEN,
                    models.isDeleted(id)
                        ? "A deleted model had the id " + id + "; ids are never given out again."
                        : "A model with the id " + id + " exists.")
                .with("model_id", id);
          }
          audit.record("model.created", "models/" + id, Map.of("task", request.task()));
        });
    return model;
  }
}
