package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.PlatformState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program of this source tree that works with a running platform and talks to the person itself.
 */
final class Program {

  private Program() {}

  /**
   * Runs a command of the tool chain in a folder, its output where ours goes, and returns its exit
   * code.
   */
  static int run(List<String> command, Path folder, Map<String, String> environment)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).directory(folder.toFile()).inheritIO();
    builder.environment().putAll(environment);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder.start().waitFor();
  }

  /**
   * Runs a jar's class with the platform's address and key in its environment ({@code MATIH_URL},
   * {@code MATIH_KEY}, {@code MATIH_PLATFORM}, {@code MATIH_PYTHON_ENV}), and returns its exit
   * code.
   */
  static int run(Home home, PlatformState state, Path jar, String mainClass, List<String> words)
      throws IOException, InterruptedException {
    if (!Files.exists(jar)) {
      throw new Refused("Not built yet: " + jar + ". Run ./mvnw -DskipTests package");
    }
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                jar.toString(),
                mainClass));
    command.addAll(words);
    var builder = new ProcessBuilder(command).inheritIO();
    var environment = builder.environment();
    environment.put("MATIH_URL", state.address("api").toString());
    environment.put("MATIH_KEY", Key.admin(home));
    environment.put("MATIH_PLATFORM", home.state().toString());
    environment.put("MATIH_PYTHON_ENV", state.pythonEnvironment().toString());
    return builder.start().waitFor();
  }
}
