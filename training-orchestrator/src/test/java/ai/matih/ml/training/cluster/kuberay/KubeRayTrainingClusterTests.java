package ai.matih.ml.training.cluster.kuberay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.training.cluster.Capacity;
import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.ClusterNotSafe;
import ai.matih.ml.training.cluster.KubeRaySettings;
import ai.matih.ml.training.cluster.Submission;
import ai.matih.ml.training.cluster.SubmissionId;
import ai.matih.ml.training.cluster.TrainingCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The adapter keeps the contract on an API server that the tests can disturb. */
class KubeRayTrainingClusterTests extends KubeRayContract {

  private final FakeKubernetes kubernetes = new FakeKubernetes(NAMESPACE);
  @TempDir private Path folder;
  private Path kubeconfig;
  private KubeRayTrainingCluster cluster;

  @BeforeEach
  void connect() throws IOException {
    kubeconfig = kubernetes.kubeconfig(folder);
    cluster = adapter(kubeconfig, settings(kubeconfig));
  }

  @Override
  protected TrainingCluster cluster() {
    return cluster;
  }

  @Override
  protected void status(String name, Map<String, Object> status) {
    kubernetes.change(
        "rayjobs", name, job -> job.set("status", JsonMapper.shared().valueToTree(status)));
  }

  @Override
  protected long deadline(String name) {
    return kubernetes.all("rayjobs").stream()
        .filter(job -> job.path("metadata").path("name").asString().equals(name))
        .findFirst()
        .orElseThrow()
        .path("spec")
        .path("activeDeadlineSeconds")
        .asLong(0);
  }

  @Override
  protected void print(String name, String text) {
    kubernetes.podLog(NAMESPACE, name, text);
  }

  @Override
  protected void cleanUp() {
    kubernetes.close();
  }

  private static Submission submission(SubmissionId id) {
    return new Submission(
        id,
        "python -m matih_training",
        Map.of("MATIH_JOB", "{}", "AWS_SECRET_ACCESS_KEY", "platform"),
        Map.of("tenant", TENANT, "attempt", "1"),
        new Submission.Size(3, 0.25, 1, Optional.of(2L << 30)),
        Optional.of(Duration.ofHours(2)));
  }

  private KubeRaySettings settingsWithStorageSecret() {
    KubeRaySettings without = settings(kubeconfig);
    return new KubeRaySettings(
        without.namespace(),
        without.image(),
        without.rayVersion(),
        "",
        "pull",
        "storage",
        without.kubeconfig(),
        1,
        DataSize.ofGigabytes(4),
        DataSize.ofGigabytes(2),
        DataSize.ofGigabytes(1),
        Map.of("pool", "ml"),
        Map.of(),
        "nvidia.com/gpu",
        Duration.ofDays(1),
        List.of(
            new KubeRaySettings.PoolSettings(2, 16, DataSize.ofGigabytes(64), 0, ""),
            new KubeRaySettings.PoolSettings(4, 8, DataSize.ofGigabytes(32), 1, "L40S")));
  }

  private static SubmissionId fresh() {
    return SubmissionId.of(UUID.randomUUID(), 1);
  }

  private JsonNode only(String kind) {
    assertThat(kubernetes.all(kind)).hasSize(1);
    return kubernetes.all(kind).getFirst();
  }

  /** Whatever call is cut off, asking and repeating ends with one job that has its Secret. */
  @ParameterizedTest
  @CsvSource({
    "POST /rayjobs,REPLY_LOST",
    "POST /rayjobs,REQUEST_LOST",
    "POST /secrets,REPLY_LOST",
    "POST /secrets,REQUEST_LOST",
    "PATCH /rayjobs,REPLY_LOST",
    "PATCH /rayjobs,REQUEST_LOST",
    "PATCH /rayjobs,SLOW",
    "POST /rayjobs,SLOW",
  })
  void hands_over_once_whatever_call_is_cut_off(String call, FakeKubernetes.Fate fate) {
    SubmissionId id = fresh();
    KubeRayTrainingCluster impatient =
        adapter(kubeconfig, settings(kubeconfig), Duration.ofMillis(300), Clock.systemUTC());
    kubernetes.next(call, fate);

    assertThatThrownBy(() -> impatient.submit(submission(id)))
        .isInstanceOf(EngineFailure.OutcomeUnknown.class);
    // As the reconciler does: ask, and only what is not known is sent again.
    if (cluster.job(id).isEmpty()) {
      cluster.submit(submission(id));
    }

    assertThat(cluster.job(id)).isPresent();
    assertThat(cluster.submit(submission(id))).isEqualTo(TrainingCluster.Accepted.KNOWN_ALREADY);
    JsonNode job = only("rayjobs");
    assertThat(job.path("spec").path("suspend").asBoolean()).isFalse();
    assertThat(only("secrets").path("metadata").path("ownerReferences").path(0).path("uid"))
        .isEqualTo(job.path("metadata").path("uid"));
  }

  @Test
  void does_not_know_a_draft_and_removes_it_when_it_is_not_wanted_any_more() {
    SubmissionId id = fresh();
    kubernetes.next("POST /secrets", FakeKubernetes.Fate.REQUEST_LOST);
    assertThatThrownBy(() -> cluster.submit(submission(id)))
        .isInstanceOf(EngineFailure.OutcomeUnknown.class);

    assertThat(only("rayjobs").path("spec").path("suspend").asBoolean()).isTrue();
    assertThat(cluster.job(id)).isEmpty();
    // The sweep sees it, and stops what no living job has.
    assertThat(cluster.jobs()).extracting(ClusterJob::id).containsExactly(id);
    cluster.stop(id);

    assertThat(kubernetes.all("rayjobs")).isEmpty();
  }

  @Test
  void lets_two_hand_over_the_same_attempt_and_makes_one_job_of_it() throws InterruptedException {
    SubmissionId id = fresh();
    KubeRayTrainingCluster other = adapter(kubeconfig, settings(kubeconfig));
    Thread first = Thread.ofVirtual().start(() -> cluster.submit(submission(id)));
    Thread second = Thread.ofVirtual().start(() -> other.submit(submission(id)));
    first.join();
    second.join();

    assertThat(cluster.job(id)).isPresent();
    assertThat(only("rayjobs").path("metadata").path("uid"))
        .isEqualTo(only("secrets").path("metadata").path("ownerReferences").path(0).path("uid"));
  }

  @Test
  void says_what_the_job_needs_and_keeps_its_secrets_out_of_it() {
    cluster.submit(submission(fresh()));

    JsonNode spec = only("rayjobs").path("spec");
    assertThat(spec.toString()).doesNotContain("platform");
    assertThat(spec.path("submissionMode").asString()).isEqualTo("K8sJobMode");
    assertThat(spec.path("submitterConfig").path("backoffLimit").asInt(-1)).isZero();
    assertThat(spec.path("backoffLimit").asInt(-1)).isZero();
    assertThat(spec.path("shutdownAfterJobFinishes").asBoolean()).isTrue();
    assertThat(spec.path("activeDeadlineSeconds").asLong()).isEqualTo(7200 + 600);
    JsonNode rays = spec.path("rayClusterSpec");
    assertThat(rays.path("authOptions").path("mode").asString()).isEqualTo("token");
    JsonNode workers = rays.path("workerGroupSpecs").path(0);
    assertThat(workers.path("replicas").asInt()).isEqualTo(3);
    JsonNode pod = workers.path("template").path("spec");
    JsonNode limits = pod.path("containers").path(0).path("resources").path("limits");
    assertThat(limits.path("cpu").asString()).isEqualTo("500m");
    assertThat(limits.path("memory").asString()).isEqualTo(Long.toString(3L << 30));
    assertThat(limits.path("nvidia.com/gpu").asString()).isEqualTo("1");
    assertThat(pod.path("tolerations").path(0).path("key").asString()).isEqualTo("nvidia.com/gpu");
    assertThat(pod.path("nodeSelector").path("kubernetes.io/os").asString()).isEqualTo("linux");
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    JsonNode head = rays.path("headGroupSpec").path("template").path("spec");
    assertThat(head.path("tolerations").isMissingNode()).isTrue();
    assertThat(head.path("volumes").path(1).path("secret").path("items").valueStream())
        .anySatisfy(
            item -> {
              assertThat(item.path("key").asString()).isEqualTo("code.matih_training--__main__.py");
              assertThat(item.path("path").asString()).isEqualTo("matih_training/__main__.py");
            });
    assertThat(spec.path("submitterPodTemplate").toString()).doesNotContain("secretKeyRef");
    JsonNode secret = only("secrets");
    assertThat(secret.path("immutable").asBoolean()).isTrue();
    assertThat(secret.path("data").propertyNames())
        .contains("MATIH_JOB", "AWS_SECRET_ACCESS_KEY", "code.matih_training--__main__.py");
  }

  @Test
  void lets_a_queue_begin_the_job_and_takes_back_what_still_waits_there() {
    SubmissionId id = fresh();
    cluster = adapter(kubeconfig, settings(kubeconfig, "ml-{tenant}", "training"));
    cluster.submit(submission(id));

    JsonNode job = only("rayjobs");
    assertThat(job.path("metadata").path("labels").path("kueue.x-k8s.io/queue-name").asString())
        .isEqualTo("training");
    assertThat(job.path("spec").path("suspend").asBoolean()).isTrue();
    assertThat(cluster.job(id).orElseThrow().status()).isEqualTo(ClusterJob.Status.PENDING);

    cluster.stop(id);

    assertThat(cluster.job(id)).isEmpty();
  }

  @Test
  void uses_the_tenants_own_credential_of_the_store_where_there_is_one() {
    cluster = adapter(kubeconfig, settingsWithStorageSecret());
    cluster.submit(submission(fresh()));

    assertThat(only("secrets").path("data").propertyNames())
        .doesNotContain("AWS_SECRET_ACCESS_KEY");
    JsonNode head =
        only("rayjobs")
            .path("spec")
            .path("rayClusterSpec")
            .path("headGroupSpec")
            .path("template")
            .path("spec");
    assertThat(head.path("containers").path(0).path("env").valueStream())
        .anySatisfy(
            variable -> {
              assertThat(variable.path("name").asString()).isEqualTo("AWS_SECRET_ACCESS_KEY");
              assertThat(variable.path("valueFrom").path("secretKeyRef").path("name").asString())
                  .isEqualTo("storage");
            });
    assertThat(head.path("imagePullSecrets").path(0).path("name").asString()).isEqualTo("pull");
    assertThat(head.path("nodeSelector").path("pool").asString()).isEqualTo("ml");
    assertThat(cluster.capacity().gpus()).isEqualTo(4);
    assertThat(cluster.capacity().accelerators()).containsEntry("L40S", 4.0);
  }

  @Test
  void gives_no_credential_of_the_store_to_code_that_shall_have_none() {
    cluster = adapter(kubeconfig, settingsWithStorageSecret());
    cluster.submit(
        new Submission(fresh(), "true", Map.of("MATIH_JOB", "{}"), Map.of("tenant", TENANT)));

    assertThat(only("rayjobs").toString()).doesNotContain("AWS_");
  }

  @Test
  void counts_the_nodes_that_jobs_can_use() {
    Capacity capacity = cluster.capacity();

    assertThat(capacity.nodes()).hasSize(2);
    assertThat(capacity.cpus()).isEqualTo(11.5);
    assertThat(capacity.memoryBytes()).isEqualTo(72L << 30);
    assertThat(capacity.accelerators()).containsEntry("H100", 4.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Nobody's fault but the operator's, or to be had later: the job waits.
        "401|Unauthorized|Unavailable",
        "403|rayjobs.ray.io is forbidden: User \\\\\"system:x\\\\\" cannot create resource|Unavailable",
        "403|rayjobs.ray.io \\\\\"j\\\\\" is forbidden: exceeded quota: jobs|Unavailable",
        "404|the server could not find the requested resource|Unavailable",
        "429|too many requests|Unavailable",
        "503|apiserver is shutting down|Unavailable",
        // Never will be taken.
        "403|admission webhook \\\\\"policy\\\\\" denied the request|Refused",
        "404|namespaces \\\\\"ml-acme\\\\\" not found|Refused",
        "400|strict decoding error: unknown field|Refused",
        "413|request entity too large|Refused",
        "422|RayJob is invalid: spec.entrypoint|Refused",
        // Perhaps taken: ask.
        "500|failed calling webhook|Misbehaved",
        "504|timeout|OutcomeUnknown",
      })
  void tells_apart_why_a_submission_was_not_answered(int status, String message, String expected) {
    kubernetes.refuse("POST /rayjobs", status, message.replace("\\\\", "\\"));

    Throwable failure = catchThrowable(() -> cluster.submit(submission(fresh())));

    assertThat(failure).isInstanceOf(EngineFailure.class);
    assertThat(failure.getClass().getSimpleName()).isEqualTo(expected);
  }

  @Test
  void reports_an_absent_server_as_unavailable_and_never_as_an_absent_job() {
    kubernetes.close();

    assertThatThrownBy(() -> cluster.job(fresh())).isInstanceOf(EngineFailure.Unavailable.class);
    assertThatThrownBy(() -> cluster.submit(submission(fresh())))
        .isInstanceOf(EngineFailure.Unavailable.class);
    assertThatThrownBy(() -> cluster.jobs()).isInstanceOf(EngineFailure.Unavailable.class);
  }

  @Test
  void refuses_a_tenant_without_a_namespace() {
    SubmissionId id = fresh();

    assertThatThrownBy(
            () ->
                cluster.submit(new Submission(id, "true", Map.of(), Map.of("tenant", "anonymous"))))
        .isInstanceOfSatisfying(
            EngineFailure.Refused.class, e -> assertThat(e.status()).isEqualTo(404));
    assertThat(kubernetes.all("rayjobs")).isEmpty();
  }

  @Test
  void refuses_to_use_a_cluster_that_lets_strangers_in() {
    kubernetes.open(true);

    assertThatThrownBy(() -> cluster.submit(submission(fresh())))
        .isInstanceOf(ClusterNotSafe.class);
    assertThat(kubernetes.calls()).doesNotContain("POST rayjobs");
  }

  @Test
  void leaves_jobs_with_unknown_words_to_be_asked_about_one_by_one() {
    SubmissionId odd = fresh();
    SubmissionId plain = fresh();
    cluster.submit(submission(odd));
    cluster.submit(submission(plain));
    status(RayJob.name(odd), Map.of("jobDeploymentStatus", "Dreaming"));

    assertThat(cluster.jobs()).extracting(ClusterJob::id).containsExactly(plain);
    assertThatThrownBy(() -> cluster.job(odd)).isInstanceOf(EngineFailure.Misbehaved.class);
  }

  @Test
  void lists_all_pages_and_nothing_of_others() {
    List<SubmissionId> ids = List.of(fresh(), fresh(), fresh(), fresh(), fresh());
    ids.forEach(id -> cluster.submit(submission(id)));
    kubernetes.change(
        "rayjobs",
        RayJob.name(ids.getLast()),
        job -> ((ObjectNode) job.path("metadata").path("labels")).remove(RayJob.MANAGED_BY));

    assertThat(cluster.jobs())
        .extracting(ClusterJob::id)
        .containsExactlyInAnyOrderElementsOf(ids.subList(0, 4));
  }

  @Test
  void forgets_what_ended_long_ago_and_nothing_else() {
    SubmissionId old = fresh();
    SubmissionId recent = fresh();
    SubmissionId living = fresh();
    List.of(old, recent, living).forEach(id -> cluster.submit(submission(id)));
    Map.of(old, "2026-11-20T12:00:00Z", recent, "2026-11-25T11:00:00Z")
        .forEach(
            (id, end) ->
                status(
                    RayJob.name(id),
                    Map.of(
                        "jobDeploymentStatus",
                        "Complete",
                        "jobStatus",
                        "SUCCEEDED",
                        "endTime",
                        end)));
    KubeRayTrainingCluster later =
        adapter(
            kubeconfig,
            settings(kubeconfig),
            Duration.ofSeconds(5),
            Clock.fixed(Instant.parse("2026-11-25T12:00:00Z"), ZoneOffset.UTC));

    later.jobs().forEach(later::forget);

    assertThat(later.jobs()).extracting(ClusterJob::id).containsExactlyInAnyOrder(recent, living);
    assertThat(kubernetes.all("secrets")).hasSize(2);
  }

  @Test
  void keeps_to_one_namespace_when_it_has_one() {
    SubmissionId id = fresh();
    cluster = adapter(kubeconfig, settings(kubeconfig, NAMESPACE, ""));
    cluster.submit(submission(id));

    assertThat(cluster.job(id)).isPresent();
    assertThat(cluster.session()).isNotEqualTo(adapter(kubeconfig, settings(kubeconfig)).session());
  }

  @Test
  void has_no_log_before_there_is_a_pod() {
    SubmissionId id = fresh();
    cluster.submit(submission(id));

    assertThat(cluster.log(id).orElseThrow().text()).isEmpty();
    print(RayJob.name(id), "");
    kubernetes.refuse("GET /log", 400, "container is waiting to start");
    assertThat(cluster.log(id).orElseThrow().text()).isEmpty();
  }
}
