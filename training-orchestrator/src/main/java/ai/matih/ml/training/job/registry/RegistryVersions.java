package ai.matih.ml.training.job.registry;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.job.JobId;
import ai.matih.ml.training.job.VersionRegistration;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.core.JacksonException;

/** Asks model-registry-gateway, as this service and on behalf of the job's owner. */
@Component
class RegistryVersions implements VersionRegistration {

  private static final String SERVICE = "model-registry-gateway";

  private final RestClient registry;
  private final ServiceTokens tokens;

  RegistryVersions(EngineClients clients, Addresses addresses, ServiceTokens tokens) {
    this.registry =
        clients.create(
            SERVICE,
            addresses.service("registry"),
            // The registry copies the whole model before it answers.
            EngineSettings.DEFAULT.withReadTimeout(Duration.ofMinutes(3)));
    this.tokens = tokens;
  }

  record Version(@Nullable Integer version) {}

  @Override
  public int register(Tenant tenant, String submittedBy, JobId job, String runId, String modelId)
      throws RegistrationRefused {
    try {
      Version made =
          registry
              .post()
              .uri("/api/v1/ml/models/{id}/versions", modelId)
              .header(
                  HttpHeaders.AUTHORIZATION,
                  "Bearer " + tokens.forTenant(tenant, Optional.of(submittedBy)))
              .header("Idempotency-Key", job.toString())
              .contentType(MediaType.APPLICATION_JSON)
              .body(Map.of("run_id", runId, "job_id", job.toString()))
              .retrieve()
              .body(Version.class);
      if (made == null || made.version() == null) {
        throw new EngineFailure.Misbehaved(SERVICE, 200, "no version number");
      }
      return made.version();
    } catch (EngineFailure.Refused e) {
      if (e.body().contains("IdempotencyInProgress")) {
        throw new EngineFailure.Unavailable(
            SERVICE, "an earlier call is still running", Optional.of(Duration.ofSeconds(5)));
      }
      throw new RegistrationRefused(reason(e, modelId));
    } catch (RestClientException e) {
      throw new EngineFailure.Misbehaved(SERVICE, 200, "not its own format");
    }
  }

  private static String reason(EngineFailure.Refused e, String modelId) {
    try {
      String detail = EngineClients.LENIENT_JSON.readTree(e.body()).path("detail").asString("");
      return detail.isEmpty() ? "The registry refused a version of " + modelId + "." : detail;
    } catch (JacksonException _) {
      return "The registry refused a version of " + modelId + ".";
    }
  }
}
