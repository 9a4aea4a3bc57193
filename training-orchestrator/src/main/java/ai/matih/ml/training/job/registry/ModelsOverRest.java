package ai.matih.ml.training.job.registry;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.algorithm.Task;
import ai.matih.ml.training.job.RegistryModels;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Asks model-registry-gateway, as this service and on behalf of the caller. */
@Component
class ModelsOverRest implements RegistryModels {

  private static final String SERVICE = "model-registry-gateway";

  private final RestClient registry;
  private final ServiceTokens tokens;

  ModelsOverRest(EngineClients clients, Addresses addresses, ServiceTokens tokens) {
    this.registry = clients.create(SERVICE, addresses.service("registry"), EngineSettings.DEFAULT);
    this.tokens = tokens;
  }

  private record WireModel(@Nullable String task) {}

  @Override
  public Answer find(Tenant tenant, String submittedBy, String modelId) {
    try {
      WireModel model =
          registry
              .get()
              .uri("/api/v1/ml/models/{id}", modelId)
              .header(
                  HttpHeaders.AUTHORIZATION,
                  "Bearer " + tokens.forTenant(tenant, Optional.of(submittedBy)))
              .retrieve()
              .body(WireModel.class);
      return Arrays.stream(Task.values())
          .filter(task -> model != null && task.wire().equals(model.task()))
          .findFirst()
          .map(Known::new)
          .orElseThrow(() -> new EngineFailure.Misbehaved(SERVICE, 200, "no known task"));
    } catch (EngineFailure.Refused e) {
      return switch (e.status()) {
        case 404 -> new Missing();
        case 410 -> new Deleted();
        default -> throw e;
      };
    } catch (RestClientException e) {
      throw new EngineFailure.Misbehaved(SERVICE, 200, "not its own format");
    }
  }
}
