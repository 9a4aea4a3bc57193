package ai.matih.ml.training.job;

import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.tenant.TenantScope;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;

/** The reconciler on jobs in memory. */
class ReconcileJobsTests extends ReconcileJobsScenarios {

  private static final Set<String> VISITED = ConcurrentHashMap.newKeySet();

  private final InMemoryJobs jobs = new InMemoryJobs();

  @AfterAll
  static void every_move_was_made() {
    assertEveryMoveIn(VISITED);
  }

  @Override
  Set<String> visited() {
    return VISITED;
  }

  @Override
  Jobs jobs() {
    return jobs;
  }

  @Override
  JobDemand demand() {
    return jobs;
  }

  @Override
  List<String> messages() {
    return jobs.messages.stream().map(JobEnd.Message::type).sorted().toList();
  }

  @Override
  void empty() {
    jobs.clear();
  }

  @Override
  void register(RegisterVersion register) {
    for (Claim claim : jobs.claimRegistering(8)) {
      TenantScope.run(claim.tenant(), () -> jobs.release(claim, register.step(claim)));
    }
  }

  @Override
  void makeDue() {
    jobs.makeDue();
  }

  @Override
  double secondsToNextStep() {
    return jobs.longestWait().toMillis() / (double) Duration.ofSeconds(1).toMillis();
  }
}
