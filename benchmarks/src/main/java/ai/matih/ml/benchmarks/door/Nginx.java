package ai.matih.ml.benchmarks.door;

import ai.matih.ml.benchmarks.platform.ServerProcess;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** An nginx that passes everything to one server, on a free port of the loopback interface. */
final class Nginx implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ServerProcess server;
  private final Path folder;

  private Nginx(ServerProcess server, Path folder) {
    this.server = server;
    this.folder = folder;
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
    int port = ServerProcess.freePort();
    Files.writeString(folder.resolve("nginx.conf"), configuration(upstream, port));
    Path log = folder.resolve("output.log");
    ProcessBuilder command =
        new ProcessBuilder(
            program.toString(),
            "-p",
            folder.toString(),
            "-c",
            "nginx.conf",
            "-g",
            "daemon off;",
            "-e",
            "stderr");
    return new Nginx(ServerProcess.start("nginx", command, port, log, PATIENCE), folder);
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
    return server.address();
  }

  @Override
  public void close() {
    server.close();
    ServerProcess.delete(folder);
  }
}
