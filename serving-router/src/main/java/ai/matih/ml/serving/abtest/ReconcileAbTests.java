package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins what waits, analyses what runs, and ends what is decided. Any router may do it: each test
 * is handed to one at a time.
 */
public final class ReconcileAbTests {

  private static final Logger log = LoggerFactory.getLogger(ReconcileAbTests.class);
  private static final int AT_ONCE = 20;

  private final AbTests tests;
  private final StartTest start;
  private final AnalyseTest analyse;
  private final Transactions transactions;
  private final AbTestSettings settings;
  private final Clock clock;

  public ReconcileAbTests(
      AbTests tests,
      StartTest start,
      AnalyseTest analyse,
      Transactions transactions,
      AbTestSettings settings,
      Clock clock) {
    this.tests = tests;
    this.start = start;
    this.analyse = analyse;
    this.transactions = transactions;
    this.settings = settings;
    this.clock = clock;
  }

  /** One pass over the tests that are due; how many of them changed their state. */
  public int pass() {
    Instant now = clock.instant();
    List<OwnedAbTest> due =
        TenantScope.acrossTenants(
            () ->
                transactions.call(
                    () -> tests.due(now.minus(settings.analysisInterval()), now, AT_ONCE)));
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
          () ->
              owned.test().isRunning() ? analyse.analyse(owned.test()) : start.step(owned.test()));
    } catch (RuntimeException e) {
      log.warn("A/B test {} cannot take its next step now", owned.test().id(), e);
      return false;
    }
  }
}
