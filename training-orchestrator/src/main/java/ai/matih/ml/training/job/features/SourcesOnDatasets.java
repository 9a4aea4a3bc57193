package ai.matih.ml.training.job.features;

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

/** Sources of feature views that read the file of a version, as feature-gateway lists them. */
@Component
class SourcesOnDatasets implements DatasetUsers {

  private static final String SERVICE = "feature-gateway";
  private static final int PAGE = 500;

  private final RestClient features;

  SourcesOnDatasets(ServiceClients services, Addresses addresses) {
    this.features =
        services.createInternal(SERVICE, addresses.service("features"), EngineSettings.DEFAULT);
  }

  private record WirePage(@Nullable List<WireSource> items, Optional<String> nextPageToken) {}

  private record WireSource(String name, Optional<String> uri) {}

  @Override
  public List<String> of(DatasetVersion version) {
    List<String> found = new ArrayList<>();
    Optional<String> token = Optional.of("");
    while (token.isPresent()) {
      WirePage page = page(token.get());
      if (page == null || page.items() == null) {
        throw new EngineFailure.Misbehaved(SERVICE, 200, "no list of sources");
      }
      for (WireSource source : page.items()) {
        if (source.uri().filter(uri -> reads(uri, version)).isPresent()) {
          found.add("feature source " + source.name());
        }
      }
      token = page.nextPageToken().filter(next -> !next.isEmpty());
    }
    return found;
  }

  private static boolean reads(String uri, DatasetVersion version) {
    return uri.equals(version.uri().toString()) || uri.equals(version.reference().toString());
  }

  private @Nullable WirePage page(String token) {
    return features
        .get()
        .uri(
            uri -> {
              uri.path("/api/v1/ml/features/sources").queryParam("page_size", PAGE);
              return token.isEmpty()
                  ? uri.build()
                  : uri.queryParam("page_token", "{token}").build(token);
            })
        .retrieve()
        .body(WirePage.class);
  }
}
