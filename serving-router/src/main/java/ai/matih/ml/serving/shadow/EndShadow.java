package ai.matih.ml.serving.shadow;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.time.Clock;

/** Ends a shadow; its deployment stays. Ending what has ended changes nothing. */
public final class EndShadow {

  private final Shadows shadows;
  private final TrafficDocuments documents;
  private final Transactions transactions;
  private final Clock clock;

  public EndShadow(
      Shadows shadows, TrafficDocuments documents, Transactions transactions, Clock clock) {
    this.shadows = shadows;
    this.documents = documents;
    this.transactions = transactions;
    this.clock = clock;
  }

  public Shadow end(ModelId model, String id, String because) {
    return transactions.call(
        () -> {
          documents.lock(model);
          Shadow shadow =
              shadows
                  .find(model, id)
                  .orElseThrow(
                      () ->
                          new Problem(ServingError.SHADOW_NOT_FOUND, "There is no such shadow.")
                              .with("shadow_id", id));
          if (shadow.endedAt().isPresent()) {
            return shadow;
          }
          Shadow ended = shadow.ended(clock.instant(), because);
          shadows.save(ended);
          return ended;
        });
  }
}
