package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the Python files of these tests. */
final class PythonScripts {

  private PythonScripts() {}

  /** What a program prints; fails with what it says of itself when it does not end well. */
  static String run(
      Path interpreter, Duration bound, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path errors = Files.createTempFile("python", ".err");
    Path output = Files.createTempFile("python", ".out");
    List<String> command = new ArrayList<>(List.of(interpreter.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder().toFile())
            .redirectError(errors.toFile())
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("PYTHONIOENCODING", "utf-8");
    Process process = builder.start();
    try {
      assertThat(process.waitFor(bound.toSeconds(), TimeUnit.SECONDS))
          .as("%s ends within %s", command, bound)
          .isTrue();
      String printed = Files.readString(output, StandardCharsets.UTF_8);
      assertThat(process.exitValue())
          .as("%s", printed + Files.readString(errors, StandardCharsets.UTF_8))
          .isZero();
      return printed;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      Files.deleteIfExists(errors);
      Files.deleteIfExists(output);
    }
  }

  /** The last line that is a JSON object. */
  static String lastObject(String printed) {
    return printed.lines().filter(line -> line.startsWith("{")).reduce("", (_, last) -> last);
  }

  /** Maven runs tests in the module's folder, an editor perhaps in the repository's. */
  static Path folder() {
    Path folder = Path.of("src/test/python");
    return (Files.isDirectory(folder) ? folder : Path.of("acceptance").resolve(folder))
        .toAbsolutePath();
  }
}
