package ai.matih.ml.training.job.registry;

import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.training.dataset.DatasetUsers;
import ai.matih.ml.training.dataset.DatasetVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** Policies of models that measure on a version, as model-registry-gateway lists them. */
@Component
class PoliciesOnDatasets implements DatasetUsers {

  private static final String SERVICE = "model-registry-gateway";
  private static final int PAGE = 500;

  private final RestClient registry;

  PoliciesOnDatasets(ServiceClients services, Addresses addresses) {
    this.registry =
        services.createInternal(SERVICE, addresses.service("registry"), EngineSettings.DEFAULT);
  }

  private record WirePage(@Nullable List<WireModel> items, Optional<String> nextPageToken) {}

  private record WireModel(String id) {}

  @Override
  public List<String> of(DatasetVersion version) {
    List<String> found = new ArrayList<>();
    Optional<String> token = Optional.of("");
    while (token.isPresent()) {
      WirePage page = page(version.reference().toString(), token.get());
      if (page == null || page.items() == null) {
        throw new EngineFailure.Misbehaved(SERVICE, 200, "no list of models");
      }
      page.items().forEach(model -> found.add("policy of model " + model.id()));
      token = page.nextPageToken().filter(next -> !next.isEmpty());
    }
    return found;
  }

  private @Nullable WirePage page(String dataset, String token) {
    return registry
        .get()
        .uri(
            uri -> {
              uri.path("/api/v1/ml/models")
                  .queryParam("evaluation_dataset", "{dataset}")
                  .queryParam("page_size", PAGE);
              return token.isEmpty()
                  ? uri.build(dataset)
                  : uri.queryParam("page_token", "{token}").build(dataset, token);
            })
        .retrieve()
        .body(WirePage.class);
  }
}
