package ai.matih.ml.registry.model.training;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.registry.model.EvaluationDataSets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Reads data sets from the training orchestrator, as the caller: who may not read one, may not name
 * it.
 */
@Component
final class DataSetsOverRest implements EvaluationDataSets {

  private static final String SERVICE = "training-orchestrator";

  private final RestClient training;

  DataSetsOverRest(ServiceClients services, Addresses addresses) {
    this.training =
        services.create(
            SERVICE,
            addresses.service("training"),
            EngineSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(10)));
  }

  private record WireDataSet(@Nullable String source, @Nullable List<WireColumn> columns) {}

  private record WireColumn(String name) {}

  @Override
  public Optional<Pinned> find(String dataset) {
    String[] parts = dataset.substring("dataset:".length()).split("@", 2);
    try {
      WireDataSet found =
          training
              .get()
              .uri(
                  uri -> {
                    uri.path("/api/v1/ml/training/datasets/{name}");
                    return parts.length == 1
                        ? uri.build(parts[0])
                        : uri.queryParam("digest", "{digest}").build(parts[0], parts[1]);
                  })
              .retrieve()
              .body(WireDataSet.class);
      if (found == null || found.source() == null || found.columns() == null) {
        throw new EngineFailure.Misbehaved(SERVICE, 200, "no source or no columns");
      }
      return Optional.of(
          new Pinned(
              found.source(),
              found.columns().stream().map(WireColumn::name).collect(Collectors.toSet())));
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 404 || refused.status() == 400) {
        return Optional.empty();
      }
      throw refused;
    }
  }
}
