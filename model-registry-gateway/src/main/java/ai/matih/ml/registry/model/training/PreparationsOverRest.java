package ai.matih.ml.registry.model.training;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.registry.model.Preparations;
import ai.matih.ml.registry.model.VersionNumber;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
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
final class PreparationsOverRest implements Preparations {

  private static final String SERVICE = "training-orchestrator";

  private final RestClient training;

  PreparationsOverRest(ServiceClients services, Addresses addresses) {
    this.training =
        services.createInternal(
            SERVICE,
            addresses.service("training"),
            EngineSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(10)));
  }

  private record WireFiles(String digest, Map<String, String> files) {}

  /** What is not given is left out: the contract knows no null. */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  private record WireRequest(
      String modelId,
      String task,
      WireFiles source,
      String experimentId,
      Map<String, String> origin,
      Optional<String> examples,
      Map<String, Double> metrics,
      int again,
      String requestedBy) {}

  private record WireJob(
      @Nullable String jobId, @Nullable String status, @Nullable WireRegistered registered) {}

  private record WireRegistered(@Nullable Integer version) {}

  @Override
  public Preparation ask(Request request) throws PreparationRefused {
    try {
      WireJob job =
          training
              .post()
              .uri("/api/v1/ml/training/preparations")
              .body(
                  new WireRequest(
                      request.model().slug(),
                      request.task().name().toLowerCase(Locale.ROOT),
                      new WireFiles(
                          request.files().digest().value(), request.files().sortedFiles()),
                      request.experimentId(),
                      request.origin(),
                      request.examples(),
                      request.metrics(),
                      request.again(),
                      request.requestedBy()))
              .retrieve()
              .body(WireJob.class);
      if (job == null || job.jobId() == null || job.status() == null) {
        throw new EngineFailure.Misbehaved(SERVICE, 200, "no job");
      }
      return new Preparation(
          job.jobId(),
          job.status(),
          Optional.ofNullable(job.registered())
              .map(WireRegistered::version)
              .map(VersionNumber::new));
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 400) {
        throw new PreparationRefused(reason(refused.body()));
      }
      throw new EngineFailure.Misbehaved(SERVICE, refused.status(), refused.body());
    } catch (RestClientException e) {
      throw new EngineFailure.Misbehaved(SERVICE, 200, "not its own format");
    }
  }

  /** What was wrong with the request, in the words of the service that refused it. */
  private static String reason(String body) {
    try {
      JsonNode problem = EngineClients.LENIENT_JSON.readTree(body);
      return problem
          .path("violations")
          .valueStream()
          .map(v -> v.path("field").asString("") + " " + v.path("message").asString(""))
          .collect(Collectors.joining("; ", "The model cannot be prepared: ", "."));
    } catch (JacksonException _) {
      return "The training service refused to prepare the model.";
    }
  }
}
