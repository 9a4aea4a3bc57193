package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.engine.TestEngines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The walk as people would write it: the notebook in {@code examples/} runs from top to bottom. */
class NotebookIT {

  private static final Duration BOUND = Duration.ofMinutes(8);

  private static final String EXECUTE =
      """
      import sys
      import nbformat
      from nbclient import NotebookClient
      from nbclient.exceptions import CellExecutionError

      notebook = nbformat.read(sys.argv[1], as_version=4)
      try:
          NotebookClient(notebook, timeout=420, kernel_name="python3").execute()
          failure = None
      except CellExecutionError as error:
          failure = error
      for cell in notebook.cells:
          for output in cell.get("outputs", []):
              print(output.get("text") or output.get("data", {}).get("text/plain") or "")
      if failure is not None:
          sys.exit(str(failure))
      """;

  @Test
  void every_cell_of_the_notebook_succeeds(@TempDir Path folder) throws Exception {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(TestEngines.python().toString(), "-c", EXECUTE, notebook().toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "MATIH_URL",
                RunningPlatform.admin().base().toString(),
                "MATIH_KEY",
                RunningPlatform.key("default", "admin", "user:notebook"),
                // Nothing of this user's own notebooks has a say, and nothing is left behind.
                "JUPYTER_PREFER_ENV_PATH",
                "1",
                "JUPYTER_CONFIG_DIR",
                folder.resolve("config").toString(),
                "JUPYTER_RUNTIME_DIR",
                folder.resolve("runtime").toString(),
                "JUPYTER_DATA_DIR",
                folder.resolve("data").toString(),
                "IPYTHONDIR",
                folder.resolve("ipython").toString()));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS))
          .as("the notebook ends within %s; so far: %s", BOUND, Files.readString(output))
          .isTrue();
      assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void the_notebook_is_committed_without_outputs() throws IOException {
    JsonNode cells =
        JsonMapper.builder().build().readTree(Files.readString(notebook())).path("cells");

    assertThat(cells).isNotEmpty();
    assertThat(cells)
        .filteredOn(cell -> cell.path("cell_type").asString().equals("code"))
        .allSatisfy(
            cell -> {
              assertThat(cell.path("outputs")).isEmpty();
              assertThat(cell.path("execution_count").isNull()).isTrue();
            });
  }

  /** Maven runs tests in the module's folder, an editor perhaps in the repository's. */
  private static Path notebook() {
    return List.of(
            Path.of("../examples/late-departures.ipynb"), Path.of("examples/late-departures.ipynb"))
        .stream()
        .filter(Files::exists)
        .findFirst()
        .orElseThrow()
        .toAbsolutePath()
        .normalize();
  }
}
