package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.engine.TestEngines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every call of the five OpenAPI files through the door, with requests made from the schemas: no
 * failure of the server, no status and no answer that the file does not know, and no request
 * refused as invalid that fits its schema, but by a rule that no schema can say ({@code
 * rules.toml}). Every run asks some hundred times, {@code -Dmatih.conformance=long} more than
 * 20,000 times.
 */
class ConformanceIT {

  private static final boolean LONG = System.getProperty("matih.conformance", "").equals("long");
  private static final int LEAST = LONG ? 20_000 : 700;

  @Test
  void every_answer_is_one_that_the_description_promises(@TempDir Path folder) throws Exception {
    Path python =
        TestEngines.python(
            "conformance", PythonScripts.folder().resolve("conformance/requirements.lock"));
    String tenant = "fuzz" + RunningPlatform.suffix();
    String printed =
        PythonScripts.run(
            python,
            Duration.ofMinutes(LONG ? 60 : 10),
            Map.of(
                "MATIH_URL",
                RunningPlatform.admin().base().toString(),
                "MATIH_KEY",
                RunningPlatform.key(tenant, "admin", "user:founder")),
            "-m",
            "conformance",
            LONG ? "long" : "short",
            folder.toString());

    JsonNode told = JsonMapper.builder().build().readTree(PythonScripts.lastObject(printed));
    System.err.println("conformance: " + told);
    assertThat(told.path("requests").asInt()).isGreaterThanOrEqualTo(LEAST);
    assertThat(told.path("answers").size()).isEqualTo(5);
  }
}
