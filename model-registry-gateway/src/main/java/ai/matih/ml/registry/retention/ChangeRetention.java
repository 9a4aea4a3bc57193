package ai.matih.ml.registry.retention;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** Declares how long a model keeps its versions. */
public final class ChangeRetention {

  private final FindModel find;
  private final Deletions deletions;
  private final Audit audit;
  private final ModelTransactions transactions;
  private final Clock clock;

  public ChangeRetention(
      FindModel find,
      Deletions deletions,
      Audit audit,
      ModelTransactions transactions,
      Clock clock) {
    this.find = find;
    this.deletions = deletions;
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
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
                  Optional.of(clock.instant().truncatedTo(ChronoUnit.MICROS)),
                  now.applied());
          deletions.change(next);
          audit.record(
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
