package ai.matih.ml.features;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.testing.OpenApiContract;
import ai.matih.ml.common.testing.TestTokens;
import ai.matih.ml.common.testing.UnreadableRequests;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OpenApiIT {

  @Test
  void the_checked_in_api_is_what_the_service_serves() throws Exception {
    OpenApiContract.verify(
        Gateway.shared().get("acme", "/v3/api-docs").is(200).body().toString(),
        Path.of("src/main/openapi/feature-gateway.json"));
  }

  @Test
  void a_request_that_cannot_be_read_is_answered_by_a_problem() throws Exception {
    UnreadableRequests.check(
        URI.create("http://127.0.0.1:" + Gateway.shared().port()),
        "/api/v1/ml/features",
        TestTokens.user("acme", "alice", Role.ADMIN));
  }
}
