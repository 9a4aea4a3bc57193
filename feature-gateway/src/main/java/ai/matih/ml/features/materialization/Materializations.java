package ai.matih.ml.features.materialization;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.reconcile.Claim;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The stored requests. */
public interface Materializations {

  /** Stores a new one, its audit row and the wake-up in the open transaction. */
  Materialization create(Instant start, Instant end, List<String> views, String by);

  Optional<Materialization> find(UUID id);

  /** Newest first. */
  Page<Materialization> list(PageRequest page);

  /** Records that rows were pushed, in a transaction of its own. */
  void pushed(String view, int rows);

  /** The claimed one as it is now; empty when the claim was overtaken. */
  Optional<Materialization> claimed(Claim claim);

  /**
   * Records where it stands; does nothing when the claim was overtaken.
   *
   * @param startedAgain counts an attempt
   */
  void record(
      Claim claim,
      Materialization.Status status,
      List<Materialization.ViewProgress> progress,
      String reason,
      String message,
      boolean startedAgain);
}
