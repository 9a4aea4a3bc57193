package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.time.Clock;
import java.time.Instant;

/**
 * Makes an interim analysis of a running test. Counting takes no lock; what follows from it is one
 * transaction under the model's lock.
 */
public final class AnalyseTest {

  private final AbTests tests;
  private final Units units;
  private final TrafficDocuments documents;
  private final EndTest end;
  private final Transactions transactions;
  private final Clock clock;

  public AnalyseTest(
      AbTests tests,
      Units units,
      TrafficDocuments documents,
      EndTest end,
      Transactions transactions,
      Clock clock) {
    this.tests = tests;
    this.units = units;
    this.documents = documents;
    this.end = end;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** Whether the analysis ended the test. */
  boolean analyse(AbTest seen) {
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
