package ai.matih.ml.registry.retention;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import java.util.Map;
import java.util.Optional;

/** Declares how long a model keeps its versions. */
public final class ChangeRetention {

  private final FindModel find;
  private final Deletions deletions;
  private final ModelTransactions transactions;

  public ChangeRetention(FindModel find, Deletions deletions, ModelTransactions transactions) {
    this.find = find;
    this.deletions = deletions;
    this.transactions = transactions;
  }

  /**
   * @param expected the revision that the caller has read
   */
  public RetentionRevision change(
      ModelId model, Retention retention, int expected, String principal) {
    return transactions.locked(
        model,
        () -> {
          find.model(model);
          RetentionRevision now = deletions.retention(model);
          if (now.revision() != expected) {
            throw new Problem(
                    CommonError.STALE_REVISION,
                    "The retention is at revision %d now.".formatted(now.revision()))
                .with("revision", now.revision());
          }
          RetentionRevision next =
              new RetentionRevision(
                  model,
                  expected + 1,
                  retention,
                  Optional.of(principal),
                  Optional.of(transactions.now()),
                  now.applied());
          deletions.change(next);
          transactions.record(
              "retention.changed",
              "models/" + model,
              Map.of(
                  "revision", next.revision(),
                  "keep_archived", keep(retention.keepArchived()),
                  "keep_development", keep(retention.keepDevelopment())));
          return next;
        });
  }

  private static String keep(Optional<java.time.Duration> keep) {
    return keep.map(String::valueOf).orElse("for ever");
  }
}
