package ai.matih.ml.training.job;

import static ai.matih.ml.training.job.SomeJob.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.training.cluster.Capacity;
import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.FakeTrainingCluster;
import ai.matih.ml.training.cluster.FakeTrainingCluster.NextSubmission;
import ai.matih.ml.training.cluster.Submission;
import ai.matih.ml.training.cluster.SubmissionId;
import ai.matih.ml.training.cluster.TrainingCluster;
import ai.matih.ml.training.testing.RunningService;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What reconciling jobs does, on any store of jobs that keeps its promises. */
abstract class ReconcileJobsScenarios {

  final FakeTrainingCluster cluster = new FakeTrainingCluster();
  final Neighbours neighbours = new Neighbours();
  Instant now = Instant.parse("2026-11-23T12:00:00Z");
  private final Clock clock = clock();

  abstract Jobs jobs();

  abstract JobDemand demand();

  /** Types of the messages that ends of jobs left, sorted. */
  abstract List<String> messages();

  /** One round of the reconciler of registrations. */
  abstract void register(RegisterVersion register);

  abstract void empty();

  /** As if every lease and every pause were over. */
  abstract void makeDue();

  abstract double secondsToNextStep();

  /** Moves that some job of the class has made. */
  abstract Set<String> visited();

  static void assertEveryMoveIn(Set<String> visited) {
    Set<String> possible = new HashSet<>();
    for (JobStatus from : JobStatus.values()) {
      for (JobEvent event : JobEvent.values()) {
        JobLifecycle.next(from, event).ifPresent(_ -> possible.add(from + " " + event));
      }
    }
    assertThat(visited).containsExactlyInAnyOrderElementsOf(possible);
  }

  private Clock clock() {
    InstantSource source = () -> now;
    return source.withZone(ZoneOffset.UTC);
  }

  static JobSettings settings(int maxLosses, Duration patience) {
    return new JobSettings(
        "http://door",
        "python -m matih_training",
        "checkpoints",
        "models",
        Set.of("datasets"),
        Duration.ZERO,
        patience,
        maxLosses,
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Duration.ofDays(7),
        Duration.ofMinutes(30),
        10);
  }

  private ReconcileJobs reconciler() {
    return reconciler(3, Duration.ZERO);
  }

  private ReconcileJobs reconciler(int maxLosses, Duration patience) {
    JobSettings settings = settings(maxLosses, patience);
    return reconciler(jobs(), cluster, neighbours, neighbours, neighbours, settings);
  }

  private ReconcileJobs reconciler(
      Jobs jobs,
      TrainingCluster cluster,
      ExperimentRuns runs,
      FeaturePlans plans,
      JobOutputs outputs,
      JobSettings settings) {
    JobDocuments documents = new JobDocuments(outputs, neighbours, settings);
    JobEnvironment environment =
        (_, document) -> Map.of("MATIH_JOB", RunningService.JSON.writeValueAsString(document));
    return new ReconcileJobs(
        jobs,
        cluster,
        new JobSteps(
            new PrepareJob(runs, plans, cluster, demand(), settings),
            new SubmitAttempt(cluster, runs, documents, environment, demand(), settings),
            new WatchJob(cluster, outputs, settings),
            settings),
        settings,
        clock);
  }

  private RegisterVersion registrar() {
    return registrar(jobs(), neighbours, neighbours);
  }

  private RegisterVersion registrar(Jobs jobs, ExperimentRuns runs, VersionRegistration versions) {
    return new RegisterVersion(runs, versions, jobs, settings(3, Duration.ZERO), clock);
  }

  private Job register(Job job) {
    register(registrar());
    return read(job);
  }

  /** A job whose model is trained and has yet to become a version. */
  private Job registering() {
    Job job = add(aJob().registered("churn"));
    reconcile(job);
    cluster.becomes(job.submissionId(), ClusterJob.Status.SUCCEEDED);
    Job trained = reconcile(job);
    assertThat(trained.isRegistering()).isTrue();
    return trained;
  }

  Job add(SomeJob some) {
    Job job = some.submittedAt(now);
    return TenantScope.call(job.tenant(), () -> jobs().add(job));
  }

  Job read(Job job) {
    Job found = TenantScope.call(job.tenant(), () -> jobs().find(job.id())).orElseThrow();
    found.moves().forEach(move -> visited().add(move.from() + " " + move.event()));
    return found;
  }

  Job reconcile(Job job) {
    reconciler().round();
    return read(job);
  }

  private Job act(Job job, String action, java.util.function.Consumer<Job> change) {
    return TenantScope.call(job.tenant(), () -> jobs().change(job.id(), action, change))
        .orElseThrow();
  }

  private Job cancel(Job job) {
    return act(job, "job.cancel_requested", j -> j.requestCancel("user:bob"));
  }

  private Job retry(Job job) {
    return act(job, "job.retried", j -> j.retriedByHand(now));
  }

  @Test
  void a_job_goes_from_the_queue_to_its_model() {
    Job job = add(aJob().registered("churn"));

    assertThat(reconcile(job).status()).isEqualTo(JobStatus.PENDING);
    cluster.becomes(job.submissionId(), ClusterJob.Status.RUNNING);
    neighbours.progress = new JobProgress("training", 5, 10, Map.of("auc", 0.6), now);
    Job running = reconcile(job);
    assertThat(running.status()).isEqualTo(JobStatus.RUNNING);
    assertThat(running.progress().orElseThrow().percent()).isEqualTo(50);
    cluster.becomes(job.submissionId(), ClusterJob.Status.SUCCEEDED);
    Job trained = reconcile(job);
    assertThat(trained.status()).isEqualTo(JobStatus.RUNNING);
    assertThat(trained.progress().orElseThrow().phase()).isEqualTo("registering");
    assertThat(trained.conditions())
        .anyMatch(c -> c.type() == JobCondition.Type.REGISTERED && !c.status());
    assertThat(demand().all().cpus()).as("gave back its share").isZero();
    assertThat(messages()).isEmpty();
    Job succeeded = register(job);

    assertThat(succeeded.status()).isEqualTo(JobStatus.SUCCEEDED);
    assertThat(succeeded.registeredVersion()).contains(1);
    assertThat(succeeded.model().orElseThrow().metrics()).containsEntry("auc", 0.7);
    assertThat(cluster.everAccepted()).containsExactly(job.submissionId());
    assertThat(neighbours.runs).hasSize(1);
    assertThat(neighbours.writers).containsEntry(succeeded.run().orElseThrow().runId(), 1);
    assertThat(neighbours.ended).containsValue(ExperimentRuns.RunOutcome.FINISHED);
    assertThat(messages()).containsExactly(JobEnd.END_RUN);
    assertThat(reconcile(job).moves()).hasSize(5);
  }

  @Test
  void a_job_waits_for_a_registry_that_is_away_and_succeeds_when_it_is_back() {
    Job job = registering();
    neighbours.registryAway = true;
    register(job);
    Job waiting = register(job);

    assertThat(waiting.isRegistering()).isTrue();
    assertThat(waiting.conditions())
        .anyMatch(c -> c.type() == JobCondition.Type.NEIGHBOURS_REACHABLE && !c.status());
    assertThat(reconcile(job).isRegistering()).isTrue();

    neighbours.registryAway = false;
    Job succeeded = register(job);
    assertThat(succeeded.status()).isEqualTo(JobStatus.SUCCEEDED);
    assertThat(succeeded.conditions()).allMatch(JobCondition::status);
  }

  @Test
  void a_registration_whose_answer_got_lost_is_repeated_and_makes_one_version() {
    Job job = registering();
    neighbours.registrationRepliesLost = 2;

    assertThat(register(job).isRegistering()).isTrue();
    assertThat(register(job).isRegistering()).isTrue();
    assertThat(register(job).registeredVersion()).contains(1);
    assertThat(neighbours.registered).containsExactly(job.id());
  }

  @Test
  void a_refused_registration_fails_the_job_keeps_the_model_and_can_be_retried_alone() {
    Job job = registering();
    neighbours.registrationRefusal = "The model was deleted.";

    Job refused = register(job);

    assertThat(refused.status()).isEqualTo(JobStatus.FAILED);
    assertThat(refused.failure().orElseThrow().code()).isEqualTo(JobFailure.REGISTRATION_REFUSED);
    assertThat(refused.failure().orElseThrow().message())
        .contains(
            "kept in run " + job.run().orElseThrow().runId(), "The model was deleted.", "retry");
    assertThat(refused.model()).isEqualTo(job.model());
    assertThat(JobEnd.messages(refused).getFirst().outcome())
        .as("the run has its model")
        .isEqualTo(ExperimentRuns.RunOutcome.FINISHED);

    neighbours.registrationRefusal = null;
    Job again = retry(job);
    assertThat(again.isRegistering()).isTrue();
    assertThat(again.failure()).isEmpty();
    Job succeeded = register(job);
    assertThat(succeeded.status()).isEqualTo(JobStatus.SUCCEEDED);
    assertThat(succeeded.attempt()).isEqualTo(1);
    assertThat(succeeded.run()).isEqualTo(job.run());
    assertThat(cluster.everAccepted()).containsExactly(job.submissionId());
  }

  @Test
  void a_job_that_registers_is_not_cancelled_any_more() {
    Job job = registering();

    assertThatThrownBy(() -> cancel(job))
        .isInstanceOf(IllegalJobMove.class)
        .hasMessageContaining("is being registered");
    assertThat(register(job).status()).isEqualTo(JobStatus.SUCCEEDED);
  }

  @Test
  void replicas_register_every_model_once() throws InterruptedException {
    cluster.capacity(new Capacity(List.of(new Capacity.Node(1000, 0, 1L << 40, Map.of()))));
    List<Job> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(registering());
    }
    List<Thread> replicas = new ArrayList<>();
    for (int r = 0; r < 3; r++) {
      RegisterVersion replica = registrar();
      replicas.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = 0; i < 12; i++) {
                      register(replica);
                    }
                  }));
    }
    for (Thread replica : replicas) {
      replica.join();
    }

    assertThat(all).allMatch(job -> read(job).status() == JobStatus.SUCCEEDED);
    assertThat(neighbours.registered).hasSize(12).doesNotHaveDuplicates();
  }

  @Test
  void a_submission_whose_answer_got_lost_is_found_and_not_repeated() {
    Job job = add(aJob());
    cluster.next(NextSubmission.REPLY_LOST);

    assertThat(reconcile(job).status()).isEqualTo(JobStatus.UNKNOWN);
    makeDue();
    assertThat(reconcile(job).status()).isEqualTo(JobStatus.PENDING);
    cluster.becomes(job.submissionId(), ClusterJob.Status.SUCCEEDED);

    assertThat(reconcile(job).status()).isEqualTo(JobStatus.SUCCEEDED);
    assertThat(cluster.everAccepted()).containsExactly(job.submissionId());
  }

  @Test
  void a_submission_that_got_lost_is_sent_again_under_the_same_id() {
    Job job = add(aJob());
    cluster.next(NextSubmission.REQUEST_LOST);

    assertThat(reconcile(job).status()).isEqualTo(JobStatus.UNKNOWN);
    makeDue();
    assertThat(reconcile(job).status()).isEqualTo(JobStatus.PENDING);
    cluster.becomes(job.submissionId(), ClusterJob.Status.RUNNING);
    reconcile(job);
    neighbours.failure = new JobFailure("single_class", "The target has one class.");
    cluster.becomes(job.submissionId(), ClusterJob.Status.FAILED);

    Job failed = reconcile(job);
    assertThat(failed.failure()).contains(neighbours.failure);
    assertThat(cluster.everAccepted()).containsExactly(SubmissionId.of(job.id().value(), 1));
  }

  @Test
  void what_the_training_warns_of_is_there_while_it_runs_and_afterwards() {
    JobWarning warning =
        new JobWarning(JobWarning.Code.COLUMN_NOT_USABLE, Optional.of("day"), "'day' is a date.");
    Job job = add(aJob());
    reconcile(job);
    cluster.becomes(job.submissionId(), ClusterJob.Status.RUNNING);
    neighbours.progress = new JobProgress("training", 5, 10, Map.of(), now, List.of(warning));

    assertThat(reconcile(job).warnings()).containsExactly(warning);

    neighbours.progress = null;
    neighbours.warnings = List.of(warning, warning);
    cluster.becomes(job.submissionId(), ClusterJob.Status.SUCCEEDED);
    assertThat(reconcile(job).warnings()).containsExactly(warning, warning);
  }

  @Test
  void a_failed_job_keeps_its_warnings() {
    JobWarning warning =
        new JobWarning(JobWarning.Code.RARE_CLASS, Optional.empty(), "Class 'x' has 3 rows.");
    Job job = add(aJob());
    reconcile(job);
    neighbours.progress = new JobProgress("reading", 0, 0, Map.of(), now, List.of(warning));
    neighbours.failure = new JobFailure("too_few_rows", "The split leaves one part without rows.");
    cluster.becomes(job.submissionId(), ClusterJob.Status.FAILED);

    assertThat(reconcile(job).warnings()).containsExactly(warning);
  }

  @Test
  void a_job_that_a_new_head_does_not_know_gets_a_second_attempt_in_the_same_run() {
    Job job = add(aJob());
    reconcile(job);
    Submission first = cluster.seen(job.submissionId()).submission();
    cluster.becomes(job.submissionId(), ClusterJob.Status.RUNNING);
    reconcile(job);
    cluster.restart();

    Job again = reconcile(job);

    assertThat(again.status()).isEqualTo(JobStatus.PENDING);
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(again.losses()).isEqualTo(1);
    assertThat(neighbours.runs).hasSize(1);
    assertThat(neighbours.writers).containsEntry(again.run().orElseThrow().runId(), 2);
    String document =
        cluster.seen(again.submissionId()).submission().environment().get("MATIH_JOB");
    assertThat(document)
        .contains("\"resume_from\":\"" + neighbours.folder(job, 1) + "\"")
        .contains("\"output_uri\":\"" + neighbours.folder(job, 2) + "\"");

    // The zombie shows up: its writes are fenced already, and the sweep stops it.
    cluster.comesBack(first);
    assertThat(new SweepCluster(cluster, demand()).sweep()).isEqualTo(1);
    assertThat(cluster.seen(first.id()).job().status()).isEqualTo(ClusterJob.Status.STOPPED);
    assertThat(cluster.seen(again.submissionId()).job().status())
        .isEqualTo(ClusterJob.Status.PENDING);
  }

  @Test
  void submissions_of_another_installation_are_left_alone() {
    cluster.comesBack(
        new Submission(
            SubmissionId.of(JobId.random().value(), 1),
            "x",
            Map.of(),
            Map.of(SweepCluster.INSTALLATION, "another")));

    assertThat(new SweepCluster(cluster, demand()).sweep()).isZero();
  }

  @Test
  void a_job_whose_driver_the_cluster_lost_is_tried_again() {
    Job job = add(aJob());
    reconcile(job);
    cluster.losesDriver(job.submissionId());
    ReconcileJobs patient = reconciler(3, Duration.ofSeconds(5));

    patient.round();
    patient.round();
    assertThat(read(job).status()).as("waits for a new head").isEqualTo(JobStatus.LOST);
    assertThat(neighbours.keptLog(job, 1)).as("the log of the lost attempt").isPresent();

    assertThat(secondsToNextStep()).isBetween(3.0, 5.0);

    makeDue();
    patient.round();
    assertThat(read(job).attempt()).isEqualTo(2);

    cluster.losesDriver(SubmissionId.of(job.id().value(), 2));
    makeDue();
    patient.round();
    assertThat(secondsToNextStep()).as("longer after each loss").isBetween(15.0, 20.0);
  }

  @Test
  void a_job_whose_code_saw_the_cluster_go_is_tried_again() {
    Job job = add(aJob());
    reconcile(job);
    neighbours.failure = new JobFailure(JobFailure.CLUSTER_LOST, "The head is going.");
    cluster.becomes(job.submissionId(), ClusterJob.Status.FAILED);

    assertThat(reconcile(job).status()).isEqualTo(JobStatus.LOST);
    makeDue();
    Job again = reconcile(job);
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(again.failure()).isEmpty();
    assertThat(messages()).isEmpty();
  }

  @Test
  void a_job_that_is_lost_too_often_fails() {
    Job job = add(aJob());
    cluster.next(NextSubmission.UNREACHABLE);
    assertThat(reconcile(job).status()).isEqualTo(JobStatus.SUBMITTING);
    cluster.restart();

    reconciler(0, Duration.ZERO).round();

    assertThat(read(job).failure().orElseThrow().code()).isEqualTo(JobFailure.LOST_TOO_OFTEN);
    assertThat(cluster.everAccepted()).isEmpty();
  }

  @Test
  void a_job_with_an_unknown_outcome_in_a_cluster_that_started_anew_is_lost() {
    Job job = add(aJob());
    cluster.next(NextSubmission.REQUEST_LOST);
    reconcile(job);
    cluster.restart();
    cancel(job);

    makeDue();
    assertThat(reconcile(job).status()).isEqualTo(JobStatus.CANCELLED);
    assertThat(read(job).moves()).extracting(JobMove::event).contains(JobEvent.FORGOTTEN);
  }

  @Test
  void a_cancelled_job_is_never_submitted_and_can_be_retried_with_a_new_run() {
    Job job = add(aJob());
    cancel(job);
    cancel(job);
    assertThat(reconcile(job).status()).isEqualTo(JobStatus.CANCELLED);
    assertThat(cluster.everAccepted()).isEmpty();

    retry(job);
    Job second = reconcile(job);

    assertThat(second.status()).isEqualTo(JobStatus.PENDING);
    assertThat(second.submissionId()).isEqualTo(SubmissionId.of(job.id().value(), 2));
    assertThat(neighbours.runs.keySet()).containsExactly(job.id() + "-2");
  }

  @Test
  void a_cancel_while_it_is_being_submitted_is_decided_by_what_the_cluster_has() {
    Job unreached = add(aJob());
    cluster.next(NextSubmission.UNREACHABLE);
    reconcile(unreached);
    cancel(unreached);
    assertThat(reconcile(unreached).status()).isEqualTo(JobStatus.CANCELLED);

    Job unknown = add(aJob());
    cluster.next(NextSubmission.REQUEST_LOST);
    reconcile(unknown);
    cancel(unknown);
    makeDue();
    assertThat(reconcile(unknown).status()).isEqualTo(JobStatus.CANCELLED);

    Job arrived = add(aJob());
    cluster.next(NextSubmission.REPLY_LOST);
    reconcile(arrived);
    cancel(arrived);
    makeDue();
    reconcile(arrived);
    assertThat(reconcile(arrived).status()).isEqualTo(JobStatus.CANCELLED);
    assertThat(cluster.seen(arrived.submissionId()).job().status())
        .isEqualTo(ClusterJob.Status.STOPPED);
  }

  @Test
  void a_running_job_is_stopped_when_it_is_cancelled() {
    Job job = add(aJob());
    reconcile(job);
    cluster.becomes(job.submissionId(), ClusterJob.Status.RUNNING);
    reconcile(job);
    cancel(job);
    reconcile(job);

    assertThat(reconcile(job).status()).isEqualTo(JobStatus.CANCELLED);
  }

  @Test
  void a_submission_that_ignores_the_stop_is_given_up_and_stopped_when_it_begins() {
    cluster.ignoreStops();
    Job job = add(aJob());
    reconcile(job);
    cancel(job);
    assertThat(reconcile(job).status()).isEqualTo(JobStatus.PENDING);
    now = now.plusSeconds(31);

    assertThat(reconcile(job).status()).isEqualTo(JobStatus.CANCELLED);
    cluster.becomes(job.submissionId(), ClusterJob.Status.RUNNING);
    assertThat(new SweepCluster(cluster, demand()).sweep()).isEqualTo(1);
  }

  @Test
  void a_job_that_runs_out_of_time_fails() {
    Job job = add(aJob());
    reconcile(job);
    cluster.becomes(job.submissionId(), ClusterJob.Status.RUNNING);
    reconcile(job);
    now = now.plus(Duration.ofHours(3));
    reconcile(job);

    assertThat(reconcile(job).failure().orElseThrow().code()).isEqualTo(JobFailure.TIMEOUT);
  }

  @Test
  void what_the_cluster_or_a_neighbour_refuses_fails_with_the_reason_and_may_be_retried() {
    Job refused = add(aJob());
    cluster.next(NextSubmission.REFUSED);
    assertThat(reconcile(refused).failure().orElseThrow())
        .satisfies(
            why -> {
              assertThat(why.code()).isEqualTo(JobFailure.CLUSTER_REFUSED);
              assertThat(why.message()).doesNotContain("secret text");
            });

    neighbours.planRefusal = "There is no feature service flights.";
    Job planless = add(aJob().onFeatures());
    assertThat(reconcile(planless).failure())
        .contains(
            new JobFailure(JobFailure.FEATURES_REFUSED, "There is no feature service flights."));

    neighbours.planRefusal = null;
    retry(planless);
    Job second = reconcile(planless);
    assertThat(second.status()).isEqualTo(JobStatus.PENDING);
    assertThat(cluster.seen(second.submissionId()).submission().environment().get("MATIH_JOB"))
        .contains("\"source_uri\":\"s3://datasets/acme/weather/w.parquet\"");
  }

  @Test
  void a_job_that_never_ran_can_fail_or_be_forgotten_too() {
    Job failed = add(aJob());
    reconcile(failed);
    cluster.becomes(failed.submissionId(), ClusterJob.Status.FAILED);
    assertThat(reconcile(failed).failure().orElseThrow().message()).contains("status 1");

    Job forgotten = add(aJob());
    reconcile(forgotten);
    cluster.restart();
    assertThat(reconcile(forgotten).attempt()).isEqualTo(2);
  }

  @Test
  void a_result_that_contradicts_itself_is_no_success() {
    Job job = add(aJob());
    reconcile(job);
    neighbours.resultFault = "The digest of the result does not fit its files.";
    cluster.becomes(job.submissionId(), ClusterJob.Status.SUCCEEDED);

    assertThat(reconcile(job).failure().orElseThrow().code()).isEqualTo(JobFailure.RESULT_INVALID);
  }

  @Test
  void jobs_wait_while_an_engine_does_not_answer_and_have_a_condition_that_says_so() {
    neighbours.experimentsAway = true;
    Job job = add(aJob());
    assertThat(reconcile(job).conditions())
        .anyMatch(c -> c.type() == JobCondition.Type.NEIGHBOURS_REACHABLE && !c.status());

    neighbours.experimentsAway = false;
    cluster.away(true);
    assertThat(reconcile(job).conditions())
        .anyMatch(c -> c.type() == JobCondition.Type.CLUSTER_REACHABLE && !c.status());

    cluster.away(false);
    cluster.open(true);
    assertThat(reconcile(job).conditions())
        .anyMatch(c -> c.reason() == JobCondition.Reason.CLUSTER_NOT_SAFE);
    assertThat(cluster.everAccepted()).isEmpty();

    cluster.open(false);
    assertThat(reconcile(job).status()).isEqualTo(JobStatus.PENDING);
    assertThat(read(job).conditions()).allMatch(JobCondition::status);
  }

  @Test
  void a_search_has_room_for_its_trials_one_ledger_for_all_attempts_and_leaves_no_running_trial() {
    Job job = add(aJob().searching());
    assertThat(read(job).specification()).as("as it was stored").isEqualTo(job.specification());

    assertThat(reconcile(job).status()).isEqualTo(JobStatus.PENDING);

    assertThat(demand().all().cpus()).isEqualTo(2);
    Submission first = cluster.seen(job.submissionId()).submission();
    assertThat(first.size()).isEqualTo(new Submission.Size(2, 1, 0, Optional.empty(), true));
    cluster.restart();
    reconcile(job);
    makeDue();
    Job again = reconcile(job);
    assertThat(again.attempt()).isEqualTo(2);
    Submission second = cluster.seen(again.submissionId()).submission();
    assertThat(ledger(second))
        .isEqualTo(ledger(first))
        .isEqualTo("s3://checkpoints/acme/jobs/" + job.id() + "/sweep");
    cancel(again);
    cluster.becomes(again.submissionId(), ClusterJob.Status.STOPPED);
    makeDue();

    assertThat(reconcile(job).status()).isEqualTo(JobStatus.CANCELLED);
    assertThat(messages()).containsExactly(JobEnd.END_RUN, JobEnd.END_TRIAL_RUNS);
  }

  private static String ledger(Submission submission) {
    return RunningService.JSON
        .readTree(submission.environment().getOrDefault("MATIH_JOB", ""))
        .path("tuning")
        .path("uri")
        .asString();
  }

  @Test
  void jobs_wait_for_room_in_order_of_priority_and_impossible_ones_fail() {
    Job first = add(aJob().workers(3));
    reconcile(first);
    Job large = add(aJob().workers(4));
    now = now.plusSeconds(1);
    Job small = add(aJob().of("globex").workers(1));
    Job impossible = add(aJob().workers(5));
    reconciler().round();

    assertThat(read(large).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(read(small).status()).as("waits behind the large one").isEqualTo(JobStatus.QUEUED);
    assertThat(demand().waitingBefore(0).waiting()).isEqualTo(2);
    assertThat(demand().waitingBefore(0).cpus()).isEqualTo(5);
    assertThat(demand().waitingBefore(1).waiting()).isZero();
    assertThat(read(impossible).failure().orElseThrow().code())
        .isEqualTo(JobFailure.INSUFFICIENT_RESOURCES);

    Job urgent = add(aJob().workers(1).priority(5));
    assertThat(reconcile(urgent).status()).isEqualTo(JobStatus.PENDING);

    cluster.becomes(first.submissionId(), ClusterJob.Status.SUCCEEDED);
    cluster.becomes(urgent.submissionId(), ClusterJob.Status.SUCCEEDED);
    reconciler().round();
    reconciler().round();
    assertThat(read(large).status()).isEqualTo(JobStatus.PENDING);
    assertThat(read(small).status()).isEqualTo(JobStatus.QUEUED);
  }

  @Test
  void replicas_submit_every_job_exactly_once() throws InterruptedException {
    cluster.capacity(new Capacity(List.of(new Capacity.Node(1000, 0, 1L << 40, Map.of()))));
    List<Job> all = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      all.add(add(aJob().of(i % 2 == 0 ? "acme" : "globex")));
    }
    List<Thread> replicas = new ArrayList<>();
    for (int r = 0; r < 3; r++) {
      ReconcileJobs replica = reconciler();
      replicas.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = 0; i < 15; i++) {
                      replica.round();
                    }
                  }));
    }
    for (Thread replica : replicas) {
      replica.join();
    }

    assertThat(all).allMatch(job -> read(job).status() == JobStatus.PENDING);
    assertThat(cluster.everAccepted()).hasSize(30).doesNotHaveDuplicates();
    assertThat(neighbours.runs).hasSize(30);
  }

  /** The process dies: nothing catches it. */
  private static final class Killed extends Error {}

  /** Counts the calls out, before and after each, and dies at one of them. */
  private static final class Death {
    private final int at;
    private final AtomicInteger count = new AtomicInteger();

    Death(int at) {
      this.at = at;
    }

    void pass() {
      if (count.incrementAndGet() == at) {
        throw new Killed();
      }
    }

    <T> T around(Class<T> port, T real) {
      return port.cast(
          Proxy.newProxyInstance(
              port.getClassLoader(),
              new Class<?>[] {port},
              (_, method, arguments) -> {
                pass();
                try {
                  Object answer = method.invoke(real, arguments);
                  pass();
                  return answer;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              }));
    }
  }

  @Test
  void a_death_between_any_two_steps_neither_loses_nor_doubles_a_job() {
    int points = 0;
    boolean survived = false;
    while (!survived) {
      points++;
      empty();
      int before = cluster.everAccepted().size();
      Job job = add(aJob().onFeatures().registered("churn"));
      Death death = new Death(points);
      ReconcileJobs mortal =
          reconciler(
              death.around(Jobs.class, jobs()),
              death.around(TrainingCluster.class, cluster),
              death.around(ExperimentRuns.class, neighbours),
              death.around(FeaturePlans.class, neighbours),
              death.around(JobOutputs.class, neighbours),
              settings(3, Duration.ZERO));
      RegisterVersion mortalToo =
          registrar(
              death.around(Jobs.class, jobs()),
              death.around(ExperimentRuns.class, neighbours),
              death.around(VersionRegistration.class, neighbours));
      survived = runs(mortal, mortalToo, job);
      // Its leases run out, and a successor goes on.
      makeDue();
      assertThat(runs(reconciler(), registrar(), job)).isTrue();

      Job end = read(job);
      assertThat(end.status()).as("killed at point %d", points).isEqualTo(JobStatus.SUCCEEDED);
      assertThat(end.attempt()).as("killed at point %d", points).isEqualTo(1);
      assertThat(cluster.everAccepted().size() - before)
          .as("killed at point %d", points)
          .isEqualTo(1);
      assertThat(messages()).as("killed at point %d", points).containsExactly(JobEnd.END_RUN);
      assertThat(neighbours.registered)
          .as("killed at point %d", points)
          .hasSize(points)
          .doesNotHaveDuplicates();
    }
    assertThat(points).isGreaterThan(30);
    assertThat(neighbours.runs).hasSize(points);
  }

  /** Looks until the job has ended, while the cluster does its part; false when it was killed. */
  private boolean runs(ReconcileJobs reconciler, RegisterVersion registrar, Job job) {
    try {
      for (int i = 0; i < 20 && !read(job).status().isTerminal(); i++) {
        reconciler.round();
        register(registrar);
        Job seen = read(job);
        if (seen.status() == JobStatus.PENDING) {
          cluster.becomes(seen.submissionId(), ClusterJob.Status.RUNNING);
        } else if (seen.status() == JobStatus.RUNNING) {
          cluster.becomes(seen.submissionId(), ClusterJob.Status.SUCCEEDED);
        }
      }
      return true;
    } catch (Killed e) {
      return false;
    }
  }

  @Test
  void work_about_a_version_lives_like_any_job_and_has_no_run() {
    for (Job made : List.of(SomeJob.anEvaluation(now), SomeJob.someTests(now))) {
      Job job = TenantScope.call(made.tenant(), () -> jobs().add(made));

      assertThat(read(job).specification()).isEqualTo(made.specification());
      assertThat(reconcile(job).status()).isEqualTo(JobStatus.PENDING);
      cluster.becomes(job.submissionId(), ClusterJob.Status.RUNNING);
      assertThat(reconcile(job).status()).isEqualTo(JobStatus.RUNNING);
      cluster.restart();
      Job second = reconcile(job);
      assertThat(second.attempt()).isEqualTo(2);
      cluster.becomes(second.submissionId(), ClusterJob.Status.SUCCEEDED);
      makeDue();

      Job done = reconcile(job);
      assertThat(done.status()).isEqualTo(JobStatus.SUCCEEDED);
      assertThat(done.result()).isEqualTo(result(done));
      assertThat(done.run()).isEmpty();
      assertThat(done.model()).isEmpty();
    }
    assertThat(neighbours.runs).isEmpty();
    assertThat(messages()).isEmpty();
  }

  private Optional<JobResult> result(Job job) {
    try {
      return neighbours.result(job);
    } catch (JobOutputs.ResultInvalid e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void work_about_a_version_gets_addresses_of_only_the_files_that_it_needs() {
    Job evaluation = SomeJob.anEvaluation(now);
    Job tests = SomeJob.someTests(now);
    TenantScope.run(
        evaluation.tenant(),
        () -> {
          jobs().add(evaluation);
          jobs().add(tests);
        });
    reconcile(evaluation);
    String hex = SomeJob.aVersion().digest().substring(7);

    String measured = documentOf(evaluation);
    assertThat(measured)
        .contains("\"kind\":\"evaluation\"")
        .contains("GET s3://models/acme/" + hex + "/model.onnx")
        .contains("GET s3://datasets/acme/flights/d.parquet")
        .contains("PUT " + neighbours.folder(evaluation, 1) + "/result.json")
        .doesNotContain("GET s3://models/acme/" + hex + "/native/forest.pkl")
        .doesNotContain("report.xml");
    assertThat(documentOf(tests))
        .contains("\"kind\":\"tests\"")
        .contains("GET s3://models/acme/" + hex + "/native/forest.pkl")
        .contains("GET s3://checkpoints/acme/packages/e.zip")
        .contains("PUT " + neighbours.folder(tests, 1) + "/report.xml");
  }

  @Test
  void a_logged_model_becomes_a_version_by_a_job_without_a_key() {
    Job job = TenantScope.call(new Tenant("acme"), () -> jobs().add(SomeJob.aPreparation(now)));
    assertThat(read(job).specification()).isEqualTo(job.specification());
    assertThat(reconcile(job).status()).isEqualTo(JobStatus.PENDING);
    String hex = SomeJob.aVersion().digest().substring(7);

    assertThat(documentOf(job))
        .contains("\"kind\":\"preparation\"")
        .contains("GET s3://models/acme/" + hex + "/native/forest.pkl")
        .contains("GET s3://datasets/acme/flights/d.parquet")
        .contains("PUT " + neighbours.folder(job, 1) + "/result.json")
        .contains("\"run_id\":\"" + read(job).run().orElseThrow().runId() + "\"");
    cluster.becomes(job.submissionId(), ClusterJob.Status.SUCCEEDED);
    assertThat(reconcile(job).isRegistering()).isTrue();
    assertThat(register(job).status()).isEqualTo(JobStatus.SUCCEEDED);
    assertThat(read(job).registeredVersion()).isPresent();
    assertThat(messages()).containsExactly(JobEnd.END_RUN);
  }

  private String documentOf(Job job) {
    return cluster
        .seen(job.submissionId())
        .submission()
        .environment()
        .getOrDefault("MATIH_JOB", "");
  }

  @Test
  void a_stored_job_reads_back_as_it_was() {
    Job job = add(aJob().onFeatures().registered("churn"));

    assertThat(read(job).specification()).isEqualTo(job.specification());
    assertThat(TenantScope.call(new Tenant("globex"), () -> jobs().find(job.id()))).isEmpty();
  }
}
