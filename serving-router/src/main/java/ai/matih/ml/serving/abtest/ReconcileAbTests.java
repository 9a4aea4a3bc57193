package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins what waits, counts what runs, and ends what is decided. Counting takes no lock; what
 * follows from it is one transaction under the model's lock. Any router may do it: each test is
 * handed to one at a time.
 */
public final class ReconcileAbTests {

  private static final Logger log = LoggerFactory.getLogger(ReconcileAbTests.class);
  private static final int AT_ONCE = 20;

  private final AbTests tests;
  private final Units units;
  private final TrafficDocuments documents;
  private final StartTest start;
  private final EndTest end;
  private final Transactions transactions;
  private final Duration every;
  private final Clock clock;

  public ReconcileAbTests(
      AbTests tests,
      Units units,
      TrafficDocuments documents,
      StartTest start,
      EndTest end,
      Transactions transactions,
      Duration every,
      Clock clock) {
    this.tests = tests;
    this.units = units;
    this.documents = documents;
    this.start = start;
    this.end = end;
    this.transactions = transactions;
    this.every = every;
    this.clock = clock;
  }

  /** One pass over the tests that are due; how many of them changed their state. */
  public int pass() {
    Instant now = clock.instant();
    List<OwnedAbTest> due =
        TenantScope.acrossTenants(
            () -> transactions.call(() -> tests.due(now.minus(every), now, AT_ONCE)));
    int changed = 0;
    for (OwnedAbTest owned : due) {
      changed += safely(owned) ? 1 : 0;
    }
    return changed;
  }

  /** One test's trouble is not the others'. */
  private boolean safely(OwnedAbTest owned) {
    try {
      return TenantScope.call(
          owned.tenant(),
          () -> owned.test().isRunning() ? analyse(owned.test()) : start.step(owned.test()));
    } catch (RuntimeException e) {
      log.warn("A/B test {} cannot take its next step now", owned.test().id(), e);
      return false;
    }
  }

  private boolean analyse(AbTest seen) {
    Instant at = clock.instant();
    Tally tally = transactions.call(() -> units.tally(seen.id()));
    return transactions.call(
        () -> {
          TrafficDocument traffic = documents.lock(seen.model());
          return tests
              .find(seen.model(), seen.id())
              .filter(AbTest::isRunning)
              .map(running -> end.after(running, tally, at, traffic).state().isOver())
              .orElse(false);
        });
  }
}
