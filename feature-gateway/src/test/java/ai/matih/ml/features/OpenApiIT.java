package ai.matih.ml.features;

import ai.matih.ml.common.testing.OpenApiContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OpenApiIT {

  @Test
  void the_checked_in_api_is_what_the_service_serves() throws Exception {
    OpenApiContract.verify(
        Gateway.shared().get("acme", "/v3/api-docs").is(200).body().toString(),
        Path.of("src/main/openapi/feature-gateway.json"));
  }
}
