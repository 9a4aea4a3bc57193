package ai.matih.ml.local.engine;

import ai.matih.ml.local.home.Credentials;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.MinIOContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * PostgreSQL and S3 for tests from containers, where a container engine answers. {@code
 * MATIH_TEST_ENGINES=embedded} leaves containers out; a container that cannot start does so too.
 */
final class ContainerEngines {

  private static final Path SOCKET = Path.of("/var/run/docker.sock");

  private ContainerEngines() {}

  /**
   * Looks at the engine's door before asking Testcontainers, whose search takes seconds and many
   * words.
   */
  static boolean answer() {
    if ("embedded".equals(System.getenv("MATIH_TEST_ENGINES"))) {
      return false;
    }
    var doorOpen = System.getenv("DOCKER_HOST") != null || accepts(SOCKET);
    return doorOpen && DockerClientFactory.instance().isDockerAvailable();
  }

  /** Removed by Testcontainers' own reaper when this JVM ends. */
  @SuppressWarnings("resource")
  static Optional<Postgres> postgres(Credentials secrets) {
    return orEmbedded(
        () -> {
          var container =
              new PostgreSQLContainer("postgres:18")
                  .withUsername("postgres")
                  .withPassword(secrets.postgresPassword())
                  .withCommand("postgres", "-c", "max_connections=250", "-c", "fsync=off");
          container.start();
          return new Postgres(
              container.getHost(),
              container.getFirstMappedPort(),
              "postgres",
              secrets.postgresPassword(),
              secrets.rolePasswords());
        });
  }

  /** Removed by Testcontainers' own reaper when this JVM ends. */
  @SuppressWarnings("resource")
  static Optional<S3> s3(Credentials secrets) {
    return orEmbedded(
        () -> {
          var container =
              new MinIOContainer("minio/minio:RELEASE.2025-09-07T16-13-09Z")
                  .withUserName(secrets.s3AccessKey())
                  .withPassword(secrets.s3SecretKey());
          container.start();
          return new S3(
              URI.create(container.getS3URL()),
              secrets.s3AccessKey(),
              secrets.s3SecretKey(),
              "us-east-1");
        });
  }

  private static <T> Optional<T> orEmbedded(Supplier<T> start) {
    if (!answer()) {
      return Optional.empty();
    }
    try {
      return Optional.of(start.get());
    } catch (ContainerLaunchException e) {
      System.err.println(
          "test engines: no container, an embedded server instead: " + e.getMessage());
      return Optional.empty();
    }
  }

  static boolean accepts(Path socket) {
    if (!Files.exists(socket)) {
      return false;
    }
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException _) {
      return false;
    }
  }
}
