package ai.matih.ml.training.cluster.kuberay;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.training.cluster.Capacity;
import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.ClusterNotSafe;
import ai.matih.ml.training.cluster.CodePackage;
import ai.matih.ml.training.cluster.JobLog;
import ai.matih.ml.training.cluster.KubeRaySettings;
import ai.matih.ml.training.cluster.LogEnd;
import ai.matih.ml.training.cluster.Submission;
import ai.matih.ml.training.cluster.SubmissionId;
import ai.matih.ml.training.cluster.TrainingCluster;
import io.kubernetes.client.openapi.models.V1Pod;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Each attempt is a RayJob of its own. Its name follows from the submission id, so the API server
 * itself refuses a second one.
 *
 * <p>The cluster lives as long as the API server's data: a session is the life of a namespace.
 */
final class KubeRayTrainingCluster implements TrainingCluster {

  private static final Logger log = LoggerFactory.getLogger(KubeRayTrainingCluster.class);

  private static final String SYSTEM_NAMESPACE = "kube-system";
  private static final int LOG_LINES = 20_000;

  /**
   * A stop is a deadline that has passed: the operator ends the job for good, where a suspended one
   * could be resumed by a queue.
   */
  private static final Map<String, Object> STOP =
      Map.of("spec", Map.of("activeDeadlineSeconds", 1));

  private final ApiServer api;
  private final ApiServer anonymous;
  private final KubeRaySettings settings;
  private final Map<String, byte[]> code;
  private final LogEnd logEnd;
  private final InstantSource clock;
  private volatile @Nullable String safeSession;

  /**
   * @param anonymous the same server, without any credential
   */
  KubeRayTrainingCluster(
      ApiServer api,
      ApiServer anonymous,
      KubeRaySettings settings,
      CodePackage code,
      LogEnd logEnd,
      InstantSource clock) {
    this.api = api;
    this.anonymous = anonymous;
    this.settings = settings;
    this.code = code.files();
    this.logEnd = logEnd;
    this.clock = clock;
  }

  @Override
  public String session() {
    String session =
        "kubernetes-"
            + api.uidOfNamespace(settings.isPerTenant() ? SYSTEM_NAMESPACE : settings.namespace());
    if (!session.equals(safeSession)) {
      requireCredentials();
      safeSession = session;
    }
    return session;
  }

  /** Once per session of the cluster: a call without a credential must be refused. */
  private void requireCredentials() {
    try {
      anonymous.rayJobs(where(), RayJob.ALL_OURS);
    } catch (EngineFailure.Refused | EngineFailure.Unavailable e) {
      if (e instanceof EngineFailure.Refused refused && refused.status() != 403) {
        throw e;
      }
      // Refused as it should be, or not reached: then the next call with a credential will fail.
      return;
    }
    throw new ClusterNotSafe(
        "The Kubernetes API shows RayJobs to callers without a credential. Nothing is submitted until that has changed.");
  }

  /** Where our RayJobs are; empty: all over. */
  private Optional<String> where() {
    return settings.isPerTenant() ? Optional.empty() : Optional.of(settings.namespace());
  }

  /** One that cannot be understood is left out here: it must not hide the others. */
  @Override
  public List<ClusterJob> jobs() {
    return api.rayJobs(where(), RayJob.ALL_OURS).stream()
        .flatMap(job -> understood(job).stream())
        .toList();
  }

  @Override
  public Optional<ClusterJob> job(SubmissionId id) {
    return find(id)
        .filter(RayJob::isHandedOver)
        .map(
            job ->
                understood(job)
                    .orElseThrow(
                        () ->
                            new EngineFailure.Misbehaved(
                                ApiServer.ENGINE, 200, "unknown status " + job.status())));
  }

  private Optional<RayJob> find(SubmissionId id) {
    return api
        .rayJobs(where(), RayJob.ALL_OURS + "," + RayJob.SUBMISSION + "=" + id.value())
        .stream()
        .filter(job -> job.id().equals(Optional.of(id)))
        .findFirst();
  }

  private static Optional<ClusterJob> understood(RayJob job) {
    Optional<SubmissionId> id = job.id();
    if (id.isEmpty()) {
      return Optional.empty();
    }
    Optional<RayJobState> state = RayJobState.of(job.status());
    if (state.isEmpty()) {
      log.warn("the status of {} is not known here: {}", id.get(), job.status());
    }
    return state.map(
        known ->
            new ClusterJob(
                id.get(),
                known.status(),
                known.driverLost(),
                known.exitStatus(),
                job.labels(),
                job.startedAt(),
                known.status().isTerminal() ? job.endedAt().or(job::createdAt) : Optional.empty()));
  }

  @Override
  public Accepted submit(Submission submission) {
    session();
    String namespace =
        settings.namespaceOf(Objects.requireNonNull(submission.labels().get("tenant"), "tenant"));
    String name = RayJob.name(submission.id());
    RayJobManifest manifest = new RayJobManifest(submission, settings, code);
    Optional<RayJob> fresh = api.createRayJob(namespace, manifest.draft());
    // A draft that is there was left by a submission that was cut off: it is taken to its end.
    RayJob draft = fresh.or(() -> api.rayJob(namespace, name)).orElseThrow(this::vanished);
    if (draft.isHandedOver()) {
      return Accepted.KNOWN_ALREADY;
    }
    // Immutable and of the same attempt: one that is there already serves as well.
    api.createSecret(namespace, manifest.secret(draft.uid()));
    if (!api.patchRayJob(namespace, name, manifest.handOver())) {
      throw vanished();
    }
    return Accepted.NEW;
  }

  private EngineFailure.Unavailable vanished() {
    return new EngineFailure.Unavailable(
        ApiServer.ENGINE, "the RayJob was removed meanwhile", Optional.empty());
  }

  @Override
  public void stop(SubmissionId id) {
    Optional<RayJob> found = find(id);
    if (found.isEmpty()) {
      return;
    }
    RayJob job = found.get();
    if (!job.isHandedOver() || job.hasNotBegun()) {
      if (!api.deleteRayJob(job, RayJob.name(id))) {
        throw new EngineFailure.Unavailable(
            ApiServer.ENGINE, "the RayJob began meanwhile", Optional.empty());
      }
    } else if (RayJobState.of(job.status())
        .filter(state -> state.status().isTerminal())
        .isEmpty()) {
      api.patchRayJob(job.namespace(), RayJob.name(id), STOP);
    }
  }

  @Override
  public void forget(ClusterJob ended) {
    boolean old =
        ended
            .endedAt()
            .filter(end -> end.plus(settings.keep()).isBefore(clock.instant()))
            .isPresent();
    if (ended.status().isTerminal() && old) {
      find(ended.id())
          .ifPresent(
              job -> {
                // Changed since: then the next sweep comes back to it.
                boolean gone = api.deleteRayJob(job, RayJob.name(ended.id()));
                log.debug("{} {}", ended.id(), gone ? "is forgotten" : "has changed");
              });
    }
  }

  /** The submitter prints what the code prints, and stays when the cluster is gone. */
  @Override
  public Optional<JobLog> log(SubmissionId id) {
    return find(id)
        .filter(RayJob::isHandedOver)
        .map(
            job ->
                api.pods(job.namespace(), "job-name=" + RayJob.name(id)).stream()
                    .max(Comparator.comparingLong(KubeRayTrainingCluster::created))
                    .flatMap(pod -> read(job.namespace(), pod))
                    .orElse(new JobLog("", false)));
  }

  private static long created(V1Pod pod) {
    return pod.getMetadata() == null || pod.getMetadata().getCreationTimestamp() == null
        ? 0
        : pod.getMetadata().getCreationTimestamp().toInstant().toEpochMilli();
  }

  private Optional<JobLog> read(String namespace, V1Pod pod) {
    String name = pod.getMetadata() == null ? null : pod.getMetadata().getName();
    return name == null
        ? Optional.empty()
        : api.podLog(namespace, name, LOG_LINES, logEnd::read).map(this::masked);
  }

  private JobLog masked(JobLog raw) {
    String text = raw.truncated() ? raw.text().substring(raw.text().indexOf('\n') + 1) : raw.text();
    boolean isWhole = !raw.truncated() && text.lines().count() < LOG_LINES;
    return new JobLog(logEnd.mask(text), !isWhole);
  }

  @Override
  public Capacity capacity() {
    return settings.capacity().isEmpty()
        ? NodeCapacity.of(api.nodes(), settings)
        : NodeCapacity.of(settings.capacity());
  }
}
