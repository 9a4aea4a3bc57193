package ai.matih.ml.api.experiment.mlflow;

import ai.matih.ml.api.access.TenantWorkspaces;
import ai.matih.ml.api.experiment.DefaultExperiment;
import ai.matih.ml.api.experiment.ExperimentId;
import ai.matih.ml.api.experiment.ExperimentSettings;
import ai.matih.ml.api.experiment.MlflowRefusal;
import ai.matih.ml.api.experiment.Tags;
import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** A tenant's default experiment is the one with the tag, whatever its name has become. */
@Component
class MlflowDefaultExperiment implements DefaultExperiment {

  /** MLflow's reserved workspace, whose default experiment is 0 indeed. */
  private static final String RESERVED = "default";

  private static final String API = "/api/2.0/mlflow/experiments/";
  private static final String TAG = Tags.PLATFORM + "default_experiment";
  private static final int MAX_KNOWN = 10_000;

  private final RestClient mlflow;
  private final TenantWorkspaces workspaces;

  /** An experiment's number never changes. */
  private final Cache<Tenant, ExperimentId> known =
      Caffeine.newBuilder().maximumSize(MAX_KNOWN).build();

  /** Another replica may make it at any moment. */
  private final Cache<Tenant, Boolean> missing =
      Caffeine.newBuilder().maximumSize(MAX_KNOWN).expireAfterWrite(Duration.ofSeconds(10)).build();

  MlflowDefaultExperiment(
      EngineClients engines,
      Addresses addresses,
      ExperimentSettings settings,
      TenantWorkspaces workspaces) {
    this.workspaces = workspaces;
    this.mlflow =
        engines.create(
            "mlflow",
            addresses.engine("mlflow"),
            new EngineSettings(
                Duration.ofSeconds(2), settings.readTimeout(), settings.maxConcurrentCalls()));
  }

  @Override
  public ExperimentId stored(ExperimentId asked) {
    Tenant tenant = TenantScope.require();
    if (!asked.equals(NUMBER) || tenant.slug().equals(RESERVED)) {
      return asked;
    }
    ExperimentId there = known.getIfPresent(tenant);
    if (there == null) {
      workspaces.ensure(tenant);
      there = find(tenant).orElseGet(() -> make(tenant));
      known.put(tenant, there);
    }
    return there;
  }

  @Override
  public ExperimentId shown(ExperimentId stored) {
    Tenant tenant = TenantScope.require();
    if (tenant.slug().equals(RESERVED)) {
      return stored;
    }
    ExperimentId there = known.getIfPresent(tenant);
    if (there == null && missing.getIfPresent(tenant) == null) {
      there = find(tenant).orElse(null);
      if (there == null) {
        missing.put(tenant, true);
      } else {
        known.put(tenant, there);
      }
    }
    return stored.equals(there) ? NUMBER : stored;
  }

  private Optional<ExperimentId> find(Tenant tenant) {
    Wire.ManyExperiments found =
        post(
            tenant,
            "search",
            Map.of("filter", "tags.`" + TAG + "` = 'true'", "view_type", "ALL", "max_results", 1),
            Wire.ManyExperiments.class);
    return Wire.orNone(found.experiments()).stream()
        .map(Wire.ExperimentMessage::experimentId)
        .map(ExperimentId::new)
        .findFirst();
  }

  private ExperimentId make(Tenant tenant) {
    List<Wire.Pair> tags = Wire.pairs(Map.of(TAG, "true"));
    try {
      return new ExperimentId(
          post(tenant, "create", Map.of("name", NAME, "tags", tags), Wire.ExperimentMade.class)
              .experimentId());
    } catch (EngineFailure.Refused refused) {
      if (!MlflowRefusal.of(refused.status(), refused.body())
          .code()
          .equals("RESOURCE_ALREADY_EXISTS")) {
        throw refused;
      }
      return adopt(tenant);
    }
  }

  /** Another replica made it at the same time, or somebody gave the name to one of their own. */
  private ExperimentId adopt(Tenant tenant) {
    Wire.OneExperiment named =
        answered(
            mlflow
                .get()
                .uri(API + "get-by-name?experiment_name={name}", NAME)
                .header("X-MLFLOW-WORKSPACE", tenant.slug())
                .retrieve()
                .body(Wire.OneExperiment.class));
    ExperimentId id = new ExperimentId(named.experiment().experimentId());
    post(
        tenant,
        "set-experiment-tag",
        Map.of("experiment_id", id.value(), "key", TAG, "value", "true"),
        Map.class);
    return id;
  }

  private <T> T post(Tenant tenant, String call, Map<String, ?> body, Class<T> answer) {
    return answered(
        mlflow
            .post()
            .uri(API + call)
            .header("X-MLFLOW-WORKSPACE", tenant.slug())
            .contentType(MediaType.APPLICATION_JSON)
            .body(body)
            .retrieve()
            .body(answer));
  }

  private static <T> T answered(@Nullable T answer) {
    if (answer == null) {
      throw new EngineFailure.Misbehaved("mlflow", 200, "no body");
    }
    return answer;
  }
}
