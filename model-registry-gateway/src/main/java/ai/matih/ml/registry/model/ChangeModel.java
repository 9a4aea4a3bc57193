package ai.matih.ml.registry.model;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Changes a model's description and its policy. */
public final class ChangeModel {

  /** What to change; what is absent stays. */
  public record Request(
      Optional<String> description,
      Optional<String> framework,
      Optional<Map<String, String>> tags) {}

  private final Models models;
  private final FindModel find;
  private final EvaluationDataSets datasets;
  private final ModelTransactions transactions;

  public ChangeModel(
      Models models, FindModel find, EvaluationDataSets datasets, ModelTransactions transactions) {
    this.models = models;
    this.find = find;
    this.datasets = datasets;
    this.transactions = transactions;
  }

  public Model change(ModelId id, Request request) {
    return transactions.locked(
        id,
        () -> {
          Model now = find.model(id);
          Model changed =
              new Model(
                  id,
                  now.name(),
                  request.description().or(now::description),
                  now.task(),
                  request.framework().or(now::framework),
                  request.tags().orElse(now.tags()),
                  now.owner(),
                  now.createdAt(),
                  transactions.now(),
                  now.retirement());
          models.change(changed);
          transactions.record("model.changed", "models/" + id, Map.of());
          return changed;
        });
  }

  /**
   * Replaces the policy.
   *
   * @param expected the revision that the caller has read
   */
  public PolicyRevision changePolicy(
      ModelId id, Policy policy, OptionalInt expected, String principal) {
    if (expected.isEmpty()) {
      throw new Problem(
          CommonError.REVISION_REQUIRED, "Send If-Match with the ETag of the policy you read.");
    }
    Policy pinned = pinned(policy);
    return transactions.locked(
        id,
        () -> {
          find.model(id);
          PolicyRevision now = models.policy(id);
          if (now.revision() != expected.getAsInt()) {
            throw new Problem(
                    CommonError.STALE_REVISION,
                    "The policy is at revision %d; read it and change that."
                        .formatted(now.revision()))
                .with("revision", now.revision());
          }
          PolicyRevision next =
              new PolicyRevision(id, now.revision() + 1, pinned, principal, transactions.now());
          models.addPolicy(next);
          transactions.record(
              "policy.changed", "models/" + id + "/policy", Map.of("revision", next.revision()));
          return next;
        });
  }

  /** With its evaluation data named by digest; the data has to be there, with the truth in it. */
  private Policy pinned(Policy policy) {
    if (policy.evaluation().isEmpty()) {
      return policy;
    }
    Policy.EvaluationData asked = policy.evaluation().get();
    EvaluationDataSets.Pinned found =
        datasets
            .find(asked.dataset())
            .orElseThrow(
                () ->
                    Problem.invalid(
                        "evaluation.dataset",
                        "there is no such data set; upload it to"
                            + " /api/v1/ml/training/datasets/{name}"));
    if (!found.columns().contains(asked.targetColumn())) {
      throw Problem.invalid(
          "evaluation.target_column",
          "'%s' is not a column of %s".formatted(asked.targetColumn(), found.reference()));
    }
    return policy.withEvaluation(
        new Policy.EvaluationData(found.reference(), asked.targetColumn()));
  }
}
