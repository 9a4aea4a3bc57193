package ai.matih.ml.registry.evidence.training;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.registry.evidence.Examination;
import ai.matih.ml.registry.evidence.Examination.Subject;
import ai.matih.ml.registry.evidence.VersionJobs;
import ai.matih.ml.registry.model.ModelVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Asks the training orchestrator, speaking as this service. */
@Component
final class VersionJobsOverRest implements VersionJobs {

  private static final String SERVICE = "training-orchestrator";
  private static final int LONGEST_REPORT = 4 << 20;

  private final RestClient training;

  VersionJobsOverRest(ServiceClients services, Addresses addresses) {
    this.training =
        services.createInternal(
            SERVICE,
            addresses.service("training"),
            EngineSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(10)));
  }

  private record WireArtifact(
      String modelId, int version, String digest, Map<String, String> files) {}

  private record EvaluationRequest(
      WireArtifact artifact, String dataset, String targetColumn, String requestedBy) {}

  private record TestsRequest(WireArtifact artifact, String packageDigest, String requestedBy) {}

  private record WireJob(
      @Nullable String jobId,
      @Nullable String status,
      @Nullable WireProgress progress,
      @Nullable WireFailure failure,
      @Nullable WireMeasured measured,
      @Nullable WireTested tested,
      @Nullable WireAbout about) {}

  private record WireProgress(int percent) {}

  private record WireFailure(@Nullable String code, @Nullable String message) {}

  private record WireMeasured(
      String digest,
      String dataDigest,
      String targetColumn,
      long rows,
      Map<String, Double> metrics,
      String engine) {}

  private record WireTested(String digest, String packageDigest, String reportDigest) {}

  private record WireAbout(@Nullable String packageUploadedBy) {}

  @Override
  public String ask(Examination examination, ModelVersion version) throws WorkRefused {
    WireArtifact artifact =
        new WireArtifact(
            version.model().slug(),
            version.number().value(),
            version.bundle().digest().value(),
            version.bundle().sortedFiles());
    return switch (examination.subject()) {
      case Subject.OnData data ->
          post(
              "/api/v1/ml/training/evaluations",
              examination,
              new EvaluationRequest(
                  artifact, data.dataset(), data.targetColumn(), examination.requestedBy()));
      case Subject.Tests tests ->
          post(
              "/api/v1/ml/training/tests",
              examination,
              new TestsRequest(artifact, tests.packageDigest(), examination.requestedBy()));
      case Subject.Checks _ -> throw new IllegalArgumentException("checks are not made on Ray");
    };
  }

  private String post(String path, Examination examination, Object body) throws WorkRefused {
    try {
      WireJob job =
          training
              .post()
              .uri(path)
              .header("Idempotency-Key", examination.id().toString())
              .body(body)
              .retrieve()
              .body(WireJob.class);
      if (job == null || job.jobId() == null) {
        throw new EngineFailure.Misbehaved(SERVICE, 200, "no job");
      }
      return job.jobId();
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 400 || refused.status() == 404 || refused.status() == 422) {
        throw new WorkRefused(reason(refused.body()));
      }
      // 401, 403, 409 and 429 are about us or about now, not about the work.
      throw new EngineFailure.Misbehaved(SERVICE, refused.status(), refused.body());
    } catch (RestClientException e) {
      throw new EngineFailure.Misbehaved(SERVICE, 200, "not its own format");
    }
  }

  /** What was wrong with the request, in the words of the service that refused it. */
  private static String reason(String body) {
    try {
      JsonNode problem = EngineClients.LENIENT_JSON.readTree(body);
      String violations =
          problem
              .path("violations")
              .valueStream()
              .map(v -> v.path("field").asString("") + " " + v.path("message").asString(""))
              .collect(Collectors.joining("; "));
      String why = violations.isBlank() ? problem.path("detail").asString("") : violations;
      return "The training service refused it: " + (why.isBlank() ? "no reason given" : why) + ".";
    } catch (JacksonException e) {
      return "The training service refused it.";
    }
  }

  @Override
  public Optional<JobStatus> find(String jobId) {
    try {
      WireJob job =
          training.get().uri("/api/v1/ml/training/jobs/{id}", jobId).retrieve().body(WireJob.class);
      if (job == null || job.status() == null) {
        throw new EngineFailure.Misbehaved(SERVICE, 200, "no status");
      }
      return Optional.of(status(job, job.status()));
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 404) {
        return Optional.empty();
      }
      throw refused;
    } catch (RestClientException e) {
      throw new EngineFailure.Misbehaved(SERVICE, 200, "not its own format");
    }
  }

  private static JobStatus status(WireJob job, String status) {
    WireTested tested = job.tested();
    WireMeasured measured = job.measured();
    return new JobStatus(
        status,
        job.progress() == null ? 0 : job.progress().percent(),
        Optional.ofNullable(job.failure())
            .map(f -> Objects.requireNonNullElse(f.message(), "no reason given")),
        Optional.ofNullable(measured)
            .map(
                m ->
                    new Measured(
                        m.digest(),
                        m.dataDigest(),
                        m.targetColumn(),
                        m.rows(),
                        m.metrics(),
                        m.engine())),
        Optional.ofNullable(tested)
            .map(
                t ->
                    new Tested(
                        t.digest(),
                        t.packageDigest(),
                        t.reportDigest(),
                        Optional.ofNullable(job.about())
                            .map(WireAbout::packageUploadedBy)
                            .orElse("unknown"))));
  }

  /** Read by hand: it is a text of somebody else, and may have no end. */
  @Override
  public String report(String jobId) throws WorkRefused {
    byte[] report =
        Objects.requireNonNull(
            training
                .get()
                .uri("/api/v1/ml/training/jobs/{id}/report", jobId)
                .exchange(
                    (_, response) -> {
                      int status = response.getStatusCode().value();
                      if (status == 404) {
                        return new byte[0];
                      }
                      if (status != 200) {
                        throw new EngineFailure.Misbehaved(SERVICE, status, "");
                      }
                      return response.getBody().readNBytes(LONGEST_REPORT + 1);
                    }));
    if (report.length == 0) {
      throw new WorkRefused("The tests left no report.");
    }
    if (report.length > LONGEST_REPORT) {
      throw new WorkRefused("The tests left a report of more than " + LONGEST_REPORT + " bytes.");
    }
    return new String(report, StandardCharsets.UTF_8);
  }
}
