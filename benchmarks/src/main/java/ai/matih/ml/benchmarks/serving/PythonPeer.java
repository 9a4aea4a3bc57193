package ai.matih.ml.benchmarks.serving;

import ai.matih.ml.benchmarks.platform.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts servers in the platform's own Python. */
final class PythonPeer {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private PythonPeer() {}

  /**
   * Starts one and waits until it listens.
   *
   * @param folder it runs in, and finds its modules in
   * @param arguments of Python; {@code PORT} stands for the port
   */
  static ServerProcess start(String name, Path python, Path folder, List<String> arguments)
      throws IOException, InterruptedException {
    int port = ServerProcess.freePort();
    List<String> words = new ArrayList<>(List.of(python.toString()));
    arguments.forEach(word -> words.add(word.equals("PORT") ? Integer.toString(port) : word));
    ProcessBuilder command = new ProcessBuilder(words).directory(folder.toFile());
    command.environment().put("PYTHONPATH", folder.toString());
    command.environment().put("PATH", python.getParent() + ":" + System.getenv("PATH"));
    return ServerProcess.start(
        name, command, port, Files.createTempFile(folder, "peer", ".log"), PATIENCE);
  }
}
