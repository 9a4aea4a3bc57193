package ai.matih.ml.training.job;

import ai.matih.ml.common.outbox.OutboxHandler;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.ReconcilerBuilder;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.security.JobTokens;
import ai.matih.ml.training.algorithm.Algorithms;
import ai.matih.ml.training.cluster.CodePackage;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.json.JsonMapper;

/** Wires the use cases and the loops of jobs. */
@Configuration(proxyBeanMethods = false)
@Import({
  AcceptJob.class,
  AcceptPreparation.class,
  CancelJob.class,
  CheckJobRequest.class,
  ExamineVersion.class,
  JobDocuments.class,
  JobSteps.class,
  JobTokens.class,
  PlatformEnvironment.class,
  PrepareJob.class,
  ReconcileJobs.class,
  RegisterVersion.class,
  RetryJob.class,
  SubmitAttempt.class,
  SweepCluster.class,
  WatchJob.class
})
public class JobConfiguration {

  /** The signal that a job has a step due. */
  public static final String RECONCILE = "jobs.look";

  /** Which rows of the table of jobs register. */
  static final String REGISTERING = "registering";

  @Bean
  Algorithms algorithms() {
    return Algorithms.of(CodePackage.ofThisBuild());
  }

  @Bean
  Claims jobClaims(Reconcilers reconcilers, JobSettings settings) {
    return jobs(reconcilers, settings).claims();
  }

  @Bean
  Loop jobLoop(ReconcileJobs reconcile, Reconcilers reconcilers, JobSettings settings) {
    return jobs(reconcilers, settings).loop(reconcile::round);
  }

  private static ReconcilerBuilder jobs(Reconcilers reconcilers, JobSettings settings) {
    return reconcilers
        .of("jobs", "job")
        .where("status not in ('succeeded', 'failed', 'cancelled') and not registering")
        .dueAt("next_look_at")
        .every(settings.poll())
        .wokenBy(RECONCILE);
  }

  /** Beside the other steps: the registry copies the whole model before it answers. */
  @Bean
  Reconciler registrations(
      RegisterVersion register, Reconcilers reconcilers, JobSettings settings) {
    return reconcilers
        .of("registrations", "job")
        .where(REGISTERING)
        .dueAt("next_look_at")
        .every(settings.poll())
        .wokenBy(RECONCILE)
        .atOnce(4)
        .steps(row -> register.step(row.claim()));
  }

  /** Wakes waiting requests on this replica when a job has changed on any. */
  @Bean
  JobChanges jobChanges(Signals signals) {
    JobChanges changes = new JobChanges();
    signals.listen(JobChanges.TOPIC, changes::wake);
    return changes;
  }

  @Bean
  Loop sweepLoop(SweepCluster sweep, JobSettings settings) {
    return new Loop(
        "sweep",
        settings.sweep(),
        () -> {
          sweep.sweep();
          // A stopped attempt takes a while to end: the next sweep is at the next interval.
          return 0;
        });
  }

  @Bean
  OutboxHandler endTrialRuns(ExperimentRuns runs, JsonMapper json) {
    return new JobMessages(
        JobEnd.END_TRIAL_RUNS,
        json,
        (tenant, message) -> runs.endBelow(tenant, message.submittedBy(), message.run()));
  }

  @Bean
  OutboxHandler endRun(ExperimentRuns runs, JsonMapper json) {
    return new JobMessages(
        JobEnd.END_RUN,
        json,
        (tenant, message) ->
            runs.end(tenant, message.submittedBy(), message.run(), message.outcome()));
  }
}
