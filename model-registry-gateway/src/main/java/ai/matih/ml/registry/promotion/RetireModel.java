package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.Model;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Retirement;
import ai.matih.ml.registry.model.Stage;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Ends a model, and lets it begin again. Retiring is a transition like any other move: it waits for
 * a second person and for the routers' proof, can be rejected and cancelled, and archives every
 * version in one transaction.
 */
public final class RetireModel {

  /**
   * What is asked for.
   *
   * @param key makes the repeat of one request find its first transition
   */
  public record Request(String reason, boolean dryRun, Requester requester, Optional<String> key) {}

  private final FindModel find;
  private final Models models;
  private final RecordRetirement record;
  private final Transitions transitions;
  private final PromoteVersion promote;
  private final ModelTransactions transactions;

  public RetireModel(
      FindModel find,
      Models models,
      RecordRetirement record,
      Transitions transitions,
      PromoteVersion promote,
      ModelTransactions transactions) {
    this.find = find;
    this.models = models;
    this.record = record;
    this.transitions = transitions;
    this.promote = promote;
    this.transactions = transactions;
  }

  /** The transition that retires the model; of a retired one, the transition that did it. */
  public Transition retire(ModelId model, Request request) {
    Optional<Transition> made = transactions.call(() -> madeBefore(model));
    if (made.isPresent()) {
      return made.get();
    }
    ModelVersion subject = subject(model);
    return promote.promote(
        model,
        new PromoteVersion.Request(
            subject.number(),
            Stage.ARCHIVED,
            Optional.of(request.reason()),
            request.dryRun(),
            request.requester(),
            request.key().map(key -> "retire " + key),
            true));
  }

  private Optional<Transition> madeBefore(ModelId model) {
    return find.model(model)
        .retirement()
        .flatMap(retirement -> transitions.find(model, retirement.transition()));
  }

  /** The version that the approval is about: the one in Production, else the newest live one. */
  private ModelVersion subject(ModelId model) {
    return transactions
        .call(() -> record.subject(model))
        .orElseThrow(
            () -> {
              String why =
                  "Model %s has no version that is not archived, so there is nothing to retire."
                      .formatted(model);
              transactions.refused("retirement.refused", "models/" + model, Map.of("reason", why));
              return new Problem(RegistryError.NOTHING_TO_RETIRE, why).with("model_id", model);
            });
  }

  /**
   * Lets versions be registered and promoted again. Those that were archived stay so: each comes
   * back as a new version, through its gates.
   */
  public void reactivate(ModelId model, Optional<String> reason) {
    transactions.audited(
        model,
        "reactivation.refused",
        "models/" + model,
        Map.of(),
        () -> {
          Model now = find.model(model);
          Retirement ended =
              now.retirement()
                  .orElseThrow(
                      () ->
                          new Problem(
                                  RegistryError.NOT_RETIRED, "Model " + model + " is not retired.")
                              .with("model_id", model));
          models.change(now.retired(Optional.empty()));
          Map<String, Object> details = new HashMap<>();
          details.put("retired_at", ended.at());
          details.put("transition", ended.transition());
          reason.ifPresent(text -> details.put("reason", text));
          transactions.record("model.reactivated", "models/" + model, details);
          return now;
        });
  }
}
