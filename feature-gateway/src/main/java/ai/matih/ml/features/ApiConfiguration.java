package ai.matih.ml.features;

import ai.matih.ml.common.ApiForms;
import ai.matih.ml.features.definition.FeatureType;
import java.util.List;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the API describes what paths, queries and bodies may hold. */
@Configuration
class ApiConfiguration {

  private static final String NAME = "[A-Za-z][A-Za-z0-9_]{0,62}";
  private static final String REFERENCE = NAME + ":" + NAME;

  @Bean
  ApiForms apiForms() {
    return documents(
        ApiForms.none()
            .text("/api/v1/ml/features/", "view", NAME, 63)
            .text("/api/v1/ml/features/", "entity", NAME, 63)
            .text("/api/v1/ml/features/", "source", NAME, 63)
            .text("/api/v1/ml/features/", "service", NAME, 63)
            .field("PlanRequest", "features", REFERENCE, 127)
            .field("PlanRequest", "feature_service", NAME, 63)
            .field("MaterializeRequest", "views", NAME, 63)
            .entries("MaterializeRequest", "views", 1, 200)
            .entries("PlanRequest", "features", 1, 5000)
            .field("PushRequest", "view", NAME, 63)
            .field("PushToSourceRequest", "to", List.of("online"))
            .field("WriteToOnlineStoreRequest", "feature_view_name", NAME, 63));
  }

  private static ApiForms documents(ApiForms requests) {
    return requests
        .field("EntityDocument", "join_key", NAME, 63)
        .field("EntityDocument", "type", types(FeatureType.KEYS))
        .field("FeatureDocument", "name", NAME, 63)
        .field("FeatureDocument", "type", types(FeatureType.DECLARABLE))
        .field("ViewDocument", "entities", NAME, 63)
        .field("ViewDocument", "source", NAME, 63)
        .field("ServiceDocument", "features", REFERENCE, 127)
        .field("SourceDocument", "created_timestamp_column", "[^\\x00]+", 256)
        .field(
            "SourceDocument",
            "uri",
            "(dataset:[a-z0-9_-]{1,64}(@sha256:[0-9a-f]{64})?|s3://[^\\x00-\\x20]+)",
            2048);
  }

  private static List<String> types(Set<FeatureType> types) {
    return types.stream().map(FeatureType::wire).sorted().toList();
  }
}
