package ai.matih.ml.benchmarks.serving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A server in the platform's own Python, on a free port of the loopback interface. */
final class PythonPeer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final URI address;

  private PythonPeer(Process process, URI address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts it and waits until it listens.
   *
   * @param arguments of Python; {@code PORT} stands for the port
   */
  static PythonPeer start(Path python, Path folder, List<String> arguments)
      throws IOException, InterruptedException {
    int port = freePort();
    List<String> command = new ArrayList<>(List.of(python.toString()));
    arguments.forEach(word -> command.add(word.equals("PORT") ? Integer.toString(port) : word));
    Path log = Files.createTempFile(folder, "peer", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("PYTHONPATH", folder.toString());
    builder.environment().put("PATH", python.getParent() + ":" + System.getenv("PATH"));
    PythonPeer peer = new PythonPeer(builder.start(), URI.create("http://127.0.0.1:" + port));
    try {
      peer.awaitReady(port, log);
      return peer;
    } catch (IOException | InterruptedException e) {
      peer.close();
      throw e;
    }
  }

  URI address() {
    return address;
  }

  long pid() {
    return process.pid();
  }

  private void awaitReady(int port, Path log) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!listens(port)) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("a peer did not start: " + Files.readString(log).strip());
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroy);
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        all.forEach(ProcessHandle::destroyForcibly);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Deletes a folder that peers ran in. */
  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The folder of the peers could not be removed", e);
    }
  }
}
