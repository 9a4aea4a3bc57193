package ai.matih.ml.benchmarks.door;

import java.io.File;
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
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** An nginx that passes everything to one server, on a free port of the loopback interface. */
final class Nginx implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Process process;
  private final Path folder;
  private final URI address;

  private Nginx(Process process, Path folder, URI address) {
    this.process = process;
    this.folder = folder;
    this.address = address;
  }

  /** The program, from the folders of {@code PATH} and where distributions put it. */
  static Optional<Path> program(String path) {
    return Stream.concat(
            Arrays.stream(path.split(File.pathSeparator, -1)),
            Stream.of("/usr/sbin", "/usr/local/sbin"))
        .filter(folder -> !folder.isBlank())
        .map(folder -> Path.of(folder, "nginx"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it in front of a server and waits until it listens. */
  static Nginx start(Path program, URI upstream) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("matih-bench-nginx");
    int port = freePort();
    Files.writeString(folder.resolve("nginx.conf"), configuration(upstream, port));
    Path log = folder.resolve("error.log");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "-p",
                folder.toString(),
                "-c",
                "nginx.conf",
                "-g",
                "daemon off;",
                "-e",
                log.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.log").toFile())
            .start();
    Nginx nginx = new Nginx(process, folder, URI.create("http://127.0.0.1:" + port));
    try {
      nginx.awaitReady(port, log);
      return nginx;
    } catch (IOException | InterruptedException e) {
      nginx.close();
      throw e;
    }
  }

  /** Kept connections on both sides, no access log: what a careful operator would write. */
  static String configuration(URI upstream, int port) {
    return """
    worker_processes auto;
    pid nginx.pid;
    events { worker_connections 1024; }
    http {
      access_log off;
      keepalive_requests 100000000;
      client_body_temp_path body;
      proxy_temp_path proxy;
      fastcgi_temp_path fastcgi;
      uwsgi_temp_path uwsgi;
      scgi_temp_path scgi;
      upstream router {
        server %s;
        keepalive 256;
        keepalive_requests 100000000;
      }
      server {
        listen 127.0.0.1:%d;
        location / {
          proxy_pass http://router;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Host $http_host;
        }
      }
    }
    """
        .formatted(upstream.getRawAuthority(), port);
  }

  URI address() {
    return address;
  }

  private void awaitReady(int port, Path log) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!listens(port)) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!process.isAlive() || System.nanoTime() > deadline) {
        String reason = Files.exists(log) ? Files.readString(log).strip() : "no reason given";
        throw new IOException("nginx did not start: " + reason);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
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
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The folder of nginx could not be removed", e);
    }
  }
}
