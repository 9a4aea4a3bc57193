package ai.matih.ml.api.access.mlflow;

import ai.matih.ml.api.access.TenantWorkspaces;
import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.tenant.Tenant;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

@Component
class MlflowWorkspaces implements TenantWorkspaces {

  /** MLflow's reserved workspace: it exists always and cannot be made. */
  private static final String RESERVED = "default";

  private final RestClient mlflow;
  private final Set<Tenant> known = ConcurrentHashMap.newKeySet();

  MlflowWorkspaces(EngineClients engines, Addresses addresses) {
    this.mlflow =
        engines.create(
            "mlflow",
            addresses.engine("mlflow"),
            EngineSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(20)));
  }

  @Override
  public void ensure(Tenant tenant) {
    if (tenant.slug().equals(RESERVED) || known.contains(tenant)) {
      return;
    }
    try {
      mlflow
          .post()
          .uri("/api/3.0/mlflow/workspaces")
          .contentType(MediaType.APPLICATION_JSON)
          .body(Map.of("name", tenant.slug(), "description", "Tenant " + tenant.slug()))
          .retrieve()
          .toBodilessEntity();
    } catch (EngineFailure.Refused refused) {
      if (!refused.body().contains("RESOURCE_ALREADY_EXISTS")) {
        throw refused;
      }
    }
    known.add(tenant);
  }
}
