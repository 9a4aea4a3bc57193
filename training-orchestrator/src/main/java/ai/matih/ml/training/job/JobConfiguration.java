package ai.matih.ml.training.job;

import ai.matih.ml.common.outbox.OutboxHandler;
import ai.matih.ml.common.reconcile.Loop;
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
  CancelJob.class,
  CheckJobRequest.class,
  ExamineVersion.class,
  JobChanges.class,
  JobDocuments.class,
  JobSteps.class,
  JobTokens.class,
  PlatformEnvironment.class,
  PrepareJob.class,
  ReconcileJobs.class,
  RegisterVersion.class,
  RetryJob.class,
  SubmitAttempt.class,
  SubmitJob.class,
  SweepCluster.class,
  WatchJob.class
})
public class JobConfiguration {

  /** The signal that a job has a step due. */
  public static final String RECONCILE = "jobs.look";

  @Bean
  Algorithms algorithms() {
    return Algorithms.of(CodePackage.ofThisBuild());
  }

  @Bean
  Loop jobLoop(ReconcileJobs reconcile, JobChanges changes, JobSettings settings, Signals signals) {
    Loop loop = new Loop("jobs", settings.poll(), reconcile::round);
    signals.listen(RECONCILE, loop::wake);
    signals.listen(JobChanges.TOPIC, changes::wake);
    return loop;
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
  OutboxHandler endRun(ExperimentRuns runs, JsonMapper json) {
    return new JobMessages(
        JobEnd.END_RUN,
        json,
        (tenant, message) ->
            runs.end(tenant, message.submittedBy(), message.run(), message.outcome()));
  }

  @Bean
  OutboxHandler registerVersion(RegisterVersion register, JsonMapper json) {
    return new JobMessages(JobEnd.REGISTER, json, register::register);
  }
}
