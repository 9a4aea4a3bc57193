package ai.matih.ml.training.cluster.ray;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.storage.StorageSettings;
import ai.matih.ml.training.cluster.Capacity;
import ai.matih.ml.training.cluster.ClusterJob;
import ai.matih.ml.training.cluster.ClusterNotSafe;
import ai.matih.ml.training.cluster.ClusterSettings;
import ai.matih.ml.training.cluster.CodePackage;
import ai.matih.ml.training.cluster.JobLog;
import ai.matih.ml.training.cluster.Submission;
import ai.matih.ml.training.cluster.SubmissionId;
import ai.matih.ml.training.cluster.TrainingCluster;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Ray by its REST interface.
 *
 * <p>Known of Ray 2.60: a repeated submission id is answered with 500 and a stack trace that ends
 * in "already exists"; an uploaded package is dropped when no job uses it, so each submission asks
 * for it again; deleting a record frees its id, so nothing is ever deleted.
 */
@Component
@ConditionalOnProperty(
    name = "training.cluster.backend",
    havingValue = "ray",
    matchIfMissing = true)
class RayTrainingCluster implements TrainingCluster {

  static final String ENGINE = "ray";

  /** Tells the code that it may use what a worker was promised ({@code supervision.py}). */
  private static final String TRAINS_IN_DRIVER = "MATIH_TRAINS_IN_DRIVER";

  private static final EngineSettings PROBE =
      new EngineSettings(Duration.ofSeconds(2), Duration.ofSeconds(10), 4);

  private final RestClient ray;
  private final RestClient anonymous;
  private final CodePackage code;
  private final LogTail logs;
  private volatile @Nullable String safeSession;

  @Autowired
  RayTrainingCluster(
      EngineClients clients,
      Addresses addresses,
      ClusterSettings settings,
      StorageSettings storage) {
    this(
        clients,
        addresses.engine(ENGINE),
        settings,
        CodePackage.ofThisBuild(),
        List.of(storage.secretKey()));
  }

  RayTrainingCluster(
      EngineClients clients,
      String url,
      ClusterSettings settings,
      CodePackage code,
      List<String> secrets) {
    if (settings.token().isBlank()) {
      throw new IllegalArgumentException("training.cluster.token must be set for the backend ray");
    }
    this.code = code;
    this.anonymous = clients.create(ENGINE, url, PROBE);
    this.ray =
        clients
            .create(
                ENGINE,
                url,
                new EngineSettings(
                    Duration.ofSeconds(2), settings.readTimeout(), settings.maxConcurrentCalls()))
            .mutate()
            .defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + settings.token())
            .build();
    this.logs = new LogTail((int) settings.logTail().toBytes(), settings.token(), secrets);
  }

  record Version(@Nullable String sessionName) {}

  record Job(
      @Nullable String submissionId,
      @Nullable String status,
      @Nullable String errorType,
      @Nullable Integer driverExitCode,
      @Nullable Long startTime,
      @Nullable Long endTime,
      @Nullable Map<String, String> metadata) {}

  record Nodes(@Nullable NodesData data) {}

  record NodesData(@Nullable NodesResult result) {}

  record NodesResult(@Nullable List<Node> result) {}

  record Node(@Nullable String state, @Nullable Map<String, Double> resourcesTotal) {}

  @Override
  public String session() {
    Version version = read(() -> ray.get().uri("/api/version").retrieve().body(Version.class));
    String session = version.sessionName();
    if (session == null || session.isBlank()) {
      throw new EngineFailure.Misbehaved(ENGINE, 200, "no session name");
    }
    if (!session.equals(safeSession)) {
      requireCredentials();
      safeSession = session;
    }
    return session;
  }

  /** Once per session of the cluster: a call without a token must be refused. */
  private void requireCredentials() {
    try {
      anonymous.get().uri("/api/version").retrieve().toBodilessEntity();
    } catch (EngineFailure.Refused e) {
      if (e.status() == 401) {
        return;
      }
      throw e;
    }
    throw new ClusterNotSafe(
        "Ray answers calls without a token; start it with RAY_AUTH_MODE=token. Nothing is submitted until then.");
  }

  @Override
  public List<ClusterJob> jobs() {
    Job[] all = read(() -> ray.get().uri("/api/jobs/").retrieve().body(Job[].class));
    return Arrays.stream(all).flatMap(job -> ours(job).stream()).toList();
  }

  @Override
  public Optional<ClusterJob> job(SubmissionId id) {
    try {
      return ours(
          read(() -> ray.get().uri("/api/jobs/{id}", id.value()).retrieve().body(Job.class)));
    } catch (EngineFailure.Refused e) {
      return absent(e);
    }
  }

  private static <T> Optional<T> absent(EngineFailure.Refused e) {
    if (e.status() == 404) {
      return Optional.empty();
    }
    throw e;
  }

  private static Optional<ClusterJob> ours(Job job) {
    return Optional.ofNullable(job.submissionId())
        .flatMap(SubmissionId::parse)
        .map(
            id ->
                new ClusterJob(
                    id,
                    status(job.status()),
                    job.errorType() != null
                        && job.errorType().toUpperCase(Locale.ROOT).startsWith("JOB_SUPERVISOR"),
                    Optional.ofNullable(job.driverExitCode()),
                    Objects.requireNonNullElse(job.metadata(), Map.of()),
                    instant(job.startTime()),
                    instant(job.endTime())));
  }

  private static Optional<Instant> instant(@Nullable Long millis) {
    return Optional.ofNullable(millis).filter(m -> m > 0).map(Instant::ofEpochMilli);
  }

  private static ClusterJob.Status status(@Nullable String name) {
    try {
      return ClusterJob.Status.valueOf(String.valueOf(name));
    } catch (IllegalArgumentException e) {
      throw new EngineFailure.Misbehaved(ENGINE, 200, "unknown status " + name);
    }
  }

  @Override
  public Accepted submit(Submission submission) {
    session();
    String packageUri = ensureCode();
    Map<String, Object> body = new HashMap<>();
    body.put("submission_id", submission.id().value());
    body.put("entrypoint", submission.entrypoint());
    body.put("metadata", submission.labels());
    Map<String, String> environment = new HashMap<>(submission.environment());
    if (fitsInDriver(submission.size())) {
      environment.put(TRAINS_IN_DRIVER, "1");
      body.put("entrypoint_num_cpus", submission.size().cpusPerWorker());
      submission.size().memoryPerWorker().ifPresent(bytes -> body.put("entrypoint_memory", bytes));
    }
    body.put("runtime_env", Map.of("working_dir", packageUri, "env_vars", environment));
    try {
      ray.post()
          .uri("/api/jobs/")
          .contentType(MediaType.APPLICATION_JSON)
          .body(body)
          .retrieve()
          .toBodilessEntity();
      return Accepted.NEW;
    } catch (EngineFailure.Misbehaved e) {
      if (e.body().contains("already exists")) {
        return Accepted.KNOWN_ALREADY;
      }
      throw e;
    } catch (EngineFailure.Refused e) {
      if (e.body().contains("already exists")) {
        return Accepted.KNOWN_ALREADY;
      }
      throw e;
    }
  }

  /**
   * A single worker is the driver itself: Ray keeps the worker's resources for it. A worker with a
   * GPU stays one, since Ray prepares the devices of workers only.
   */
  private static boolean fitsInDriver(Submission.Size size) {
    return size.workers() == 1 && size.gpusPerWorker() == 0 && !size.besideDriver();
  }

  /** Puts the code there unless it is; asking also keeps it from being dropped for a while. */
  private String ensureCode() {
    String name = "_ray_pkg_" + code.digest().substring(0, 32) + ".zip";
    try {
      ray.get().uri("/api/packages/gcs/{name}", name).retrieve().toBodilessEntity();
    } catch (EngineFailure.Refused e) {
      if (e.status() != 404) {
        throw e;
      }
      upload(name);
    }
    return "gcs://" + name;
  }

  private void upload(String name) {
    try {
      ray.put()
          .uri("/api/packages/gcs/{name}", name)
          .contentType(MediaType.APPLICATION_OCTET_STREAM)
          .body(code.zip())
          .retrieve()
          .toBodilessEntity();
    } catch (EngineFailure.OutcomeUnknown | EngineFailure.Misbehaved e) {
      // Nothing was submitted; the same bytes may be put again.
      throw new EngineFailure.Unavailable(ENGINE, e);
    }
  }

  @Override
  public void stop(SubmissionId id) {
    try {
      ray.post().uri("/api/jobs/{id}/stop", id.value()).retrieve().toBodilessEntity();
    } catch (EngineFailure.Refused e) {
      if (e.status() != 404) {
        throw e;
      }
    }
  }

  @Override
  public Optional<JobLog> log(SubmissionId id) {
    try {
      return Optional.of(
          Objects.requireNonNull(
              ray.get()
                  .uri("/api/jobs/{id}/logs", id.value())
                  .exchange(
                      (_, response) -> {
                        int status = response.getStatusCode().value();
                        if (status == 404) {
                          throw new EngineFailure.Refused(ENGINE, 404, "");
                        }
                        if (status != 200) {
                          throw new EngineFailure.Misbehaved(ENGINE, status, "");
                        }
                        return logs.read(response.getBody());
                      })));
    } catch (EngineFailure.Refused e) {
      return absent(e);
    } catch (RestClientException e) {
      throw garbled(e);
    }
  }

  @Override
  public Capacity capacity() {
    Nodes answer =
        read(() -> ray.get().uri("/api/v0/nodes?detail=1&limit=1000").retrieve().body(Nodes.class));
    if (answer.data() == null
        || answer.data().result() == null
        || answer.data().result().result() == null) {
      throw new EngineFailure.Misbehaved(ENGINE, 200, "no list of nodes");
    }
    return new Capacity(
        answer.data().result().result().stream()
            .filter(node -> "ALIVE".equals(node.state()))
            .map(RayTrainingCluster::node)
            .toList());
  }

  private static Capacity.Node node(Node node) {
    Map<String, Double> total = Objects.requireNonNullElse(node.resourcesTotal(), Map.of());
    double gpus = total.getOrDefault("GPU", 0.0);
    Map<String, Double> accelerators = new HashMap<>();
    total.keySet().stream()
        .filter(name -> name.startsWith("accelerator_type:"))
        .forEach(name -> accelerators.put(name.substring("accelerator_type:".length()), gpus));
    return new Capacity.Node(
        total.getOrDefault("CPU", 0.0),
        gpus,
        total.getOrDefault("memory", 0.0).longValue(),
        accelerators);
  }

  private interface Call<T> {
    @Nullable T make();
  }

  /** A body that is not Ray's protocol is a misbehaving engine, not a bug of ours. */
  private static <T> T read(Call<T> call) {
    try {
      T answer = call.make();
      if (answer == null) {
        throw new EngineFailure.Misbehaved(ENGINE, 200, "empty");
      }
      return answer;
    } catch (RestClientException e) {
      throw garbled(e);
    }
  }

  private static EngineFailure garbled(RestClientException e) {
    return e.getRootCause() instanceof IOException broken
        ? new EngineFailure.Unavailable(ENGINE, broken)
        : new EngineFailure.Misbehaved(ENGINE, 200, "not Ray's protocol");
  }
}
