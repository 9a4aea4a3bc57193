package ai.matih.ml.training.job;

import ai.matih.ml.common.outbox.OutboxHandler;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.JobTokens;
import ai.matih.ml.common.security.TokenSigner;
import ai.matih.ml.common.storage.StorageSettings;
import ai.matih.ml.training.cluster.TrainingCluster;
import ai.matih.ml.training.dataset.Datasets;
import ai.matih.ml.training.packages.UserPackages;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Wires the use cases and the loops of jobs. */
@Configuration
public class JobConfiguration {

  /** The signal that asks for a look at the jobs. */
  public static final String LOOK = "jobs.look";

  private static final Duration TOKEN_ROOM = Duration.ofMinutes(10);

  @Bean
  JobChanges jobChanges(Signals signals) {
    JobChanges changes = new JobChanges();
    signals.listen(JobChanges.TOPIC, changes::wake);
    return changes;
  }

  @Bean
  SubmitJob submitJob(
      Jobs jobs,
      Datasets datasets,
      ExperimentRuns runs,
      TrainingCluster cluster,
      JobChanges changes,
      JobSettings settings,
      Clock clock) {
    return new SubmitJob(jobs, datasets, runs, cluster, changes, settings, clock);
  }

  @Bean
  ExamineVersion examineVersion(
      Jobs jobs, Datasets datasets, UserPackages packages, JobSettings settings, Clock clock) {
    return new ExamineVersion(jobs, datasets, packages, settings, clock);
  }

  @Bean
  JobActs jobActs(Jobs jobs, Clock clock) {
    return new JobActs(jobs, clock);
  }

  @Bean
  JobTokens jobTokens(TokenSigner signer) {
    return new JobTokens(signer);
  }

  @Bean
  JobEnvironment jobEnvironment(
      JobSettings settings, StorageSettings storage, JobTokens tokens, JsonMapper json) {
    return (job, document) -> environment(job, document, settings, storage, tokens, json);
  }

  private static Map<String, String> environment(
      Job job,
      Map<String, Object> document,
      JobSettings settings,
      StorageSettings storage,
      JobTokens tokens,
      JsonMapper json) {
    Map<String, String> environment = new HashMap<>();
    environment.put("MATIH_JOB", json.writeValueAsString(document));
    if (job.run().isEmpty()) {
      // No key, no token: what it may read and write is in the document.
      return environment;
    }
    environment.put("AWS_ENDPOINT_URL", storage.endpoint());
    environment.put("AWS_ACCESS_KEY_ID", storage.accessKey());
    environment.put("AWS_SECRET_ACCESS_KEY", storage.secretKey());
    environment.put("AWS_DEFAULT_REGION", storage.region());
    environment.put("AWS_REGION", storage.region());
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    environment.put("MLFLOW_TRACKING_URI", settings.publicUrl());
    environment.put(
        "MLFLOW_TRACKING_TOKEN",
        tokens.mint(
            job.tenant(),
            new Caller.Job(job.id().toString(), job.attempt(), job.run().orElseThrow().runId()),
            job.specification().timeout().plus(TOKEN_ROOM)));
    return environment;
  }

  @Bean
  ReconcileJobs reconcileJobs(
      Jobs jobs,
      TrainingCluster cluster,
      ExperimentRuns runs,
      FeaturePlans plans,
      JobOutputs outputs,
      SignedAddresses signed,
      JobEnvironment environment,
      JobSettings settings,
      Clock clock) {
    return reconciler(jobs, cluster, runs, plans, outputs, signed, environment, settings, clock);
  }

  static ReconcileJobs reconciler(
      Jobs jobs,
      TrainingCluster cluster,
      ExperimentRuns runs,
      FeaturePlans plans,
      JobOutputs outputs,
      SignedAddresses signed,
      JobEnvironment environment,
      JobSettings settings,
      Clock clock) {
    return new ReconcileJobs(
        jobs,
        cluster,
        new PrepareJob(runs, plans, cluster, jobs, settings.poll()),
        new HandOver(
            cluster,
            runs,
            new JobDocuments(outputs, signed, settings.modelsBucket()),
            environment,
            jobs,
            settings.entrypoint()),
        new WatchJob(cluster, outputs, settings),
        settings,
        clock);
  }

  @Bean
  Loop jobLoop(ReconcileJobs reconcile, JobSettings settings, Signals signals) {
    Loop loop = new Loop("jobs", settings.poll(), reconcile::round);
    signals.listen(LOOK, loop::wake);
    return loop;
  }

  @Bean
  Loop sweepLoop(TrainingCluster cluster, Jobs jobs, JobSettings settings) {
    SweepCluster sweep = new SweepCluster(cluster, jobs);
    return new Loop(
        "sweep",
        settings.sweep(),
        () -> {
          sweep.sweep();
          // What was stopped takes a while to end; the next look is at the next interval.
          return 0;
        });
  }

  @Bean
  OutboxHandler endRun(ExperimentRuns runs, JsonMapper json) {
    return new JobMessages(
        JobEnd.END_RUN, json, (tenant, message) -> JobEnd.endRun(runs, tenant, message));
  }

  @Bean
  OutboxHandler registerVersion(
      ExperimentRuns runs, VersionRegistration versions, Jobs jobs, Clock clock, JsonMapper json) {
    return new JobMessages(
        JobEnd.REGISTER,
        json,
        (tenant, message) -> JobEnd.register(runs, versions, jobs, clock, tenant, message));
  }
}
