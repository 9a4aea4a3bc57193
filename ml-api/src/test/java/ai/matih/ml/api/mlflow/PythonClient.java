package ai.matih.ml.api.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.engine.TestEngines;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a script as a data scientist would, with MLflow's own client. */
final class PythonClient {

  private PythonClient() {}

  /** What the script prints; it has ended well. */
  static String run(URI door, Path folder, String script, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("script.py"), script);
    Path log = folder.resolve("out.txt");
    ProcessBuilder process =
        new ProcessBuilder(TestEngines.python().toString(), "-W", "ignore", file.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    process.environment().keySet().removeIf(name -> name.startsWith("MLFLOW_"));
    process.environment().put("MLFLOW_TRACKING_URI", door.toString());
    process.environment().put("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2");
    process.environment().put("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false");
    process.environment().putAll(environment);
    Process running = process.start();
    boolean ended = running.waitFor(240, TimeUnit.SECONDS);
    if (!ended) {
      running.destroyForcibly();
    }
    String output = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(ended).as("ended in time, so far: %s", output).isTrue();
    assertThat(running.exitValue()).as(output).isZero();
    return output;
  }
}
