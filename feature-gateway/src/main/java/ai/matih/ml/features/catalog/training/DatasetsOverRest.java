package ai.matih.ml.features.catalog.training;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.features.catalog.Datasets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** Reads data sets from the training orchestrator, as the caller. */
@Component
final class DatasetsOverRest implements Datasets {

  private static final String SERVICE = "training-orchestrator";

  private final RestClient training;

  DatasetsOverRest(ServiceClients services, Addresses addresses) {
    this.training =
        services.create(
            SERVICE,
            addresses.service("training"),
            EngineSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(10)));
  }

  private record WireDataset(@Nullable String source, @Nullable String uri) {}

  @Override
  public Optional<Version> find(String reference) {
    String[] parts = reference.substring(PREFIX.length()).split("@", 2);
    try {
      WireDataset found =
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
              .body(WireDataset.class);
      if (found == null || found.source() == null || found.uri() == null) {
        throw new EngineFailure.Misbehaved(SERVICE, 200, "no source or no address");
      }
      return Optional.of(new Version(found.source(), found.uri()));
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 404 || refused.status() == 400) {
        return Optional.empty();
      }
      throw refused;
    }
  }
}
