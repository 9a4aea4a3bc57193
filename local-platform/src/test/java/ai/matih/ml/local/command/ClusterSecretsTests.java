package ai.matih.ml.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.home.Json;
import ai.matih.ml.local.home.Secret;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ClusterSecretsTests {

  @Test
  void every_secret_of_the_chart_is_there_and_fits_the_others() throws IOException {
    var secrets = secrets();

    assertThat(secrets)
        .containsOnlyKeys(
            "matih-ml-auth",
            "matih-ml-admin-key",
            "matih-ml-postgresql",
            "matih-ml-object-store",
            "matih-ml-ray",
            "matih-ml-feast");
    assertThat(text(secrets, "matih-ml-auth", "bootstrap-key-sha256"))
        .isEqualTo(Secret.sha256(text(secrets, "matih-ml-admin-key", "admin-key")));
    var ours = Json.MAPPER.readTree(text(secrets, "matih-ml-auth", "serving-router.jwk.json"));
    var publicHalves = Json.MAPPER.readTree(text(secrets, "matih-ml-auth", "jwks.json"));
    assertThat(publicHalves.path("keys")).hasSize(5);
    assertThat(publicHalves.findValuesAsString("n")).contains(ours.path("n").asString());
    assertThat(publicHalves.findValues("d")).as("private halves").isEmpty();
  }

  @Test
  void no_two_runs_give_the_same() throws IOException {
    assertThat(text(secrets(), "matih-ml-ray", "auth_token"))
        .hasSizeGreaterThanOrEqualTo(32)
        .isNotEqualTo(text(secrets(), "matih-ml-ray", "auth_token"));
  }

  private static String text(Map<String, JsonNode> secrets, String name, String key) {
    return java.util.Objects.requireNonNull(secrets.get(name)).path(key).asString();
  }

  private static Map<String, JsonNode> secrets() throws IOException {
    var secrets = new HashMap<String, JsonNode>();
    Json.MAPPER
        .readTree(Json.MAPPER.writeValueAsString(ClusterSecrets.list()))
        .path("items")
        .forEach(
            item ->
                secrets.put(
                    item.path("metadata").path("name").asString(), item.path("stringData")));
    return secrets;
  }
}
