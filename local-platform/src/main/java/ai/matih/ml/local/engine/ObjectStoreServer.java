package ai.matih.ml.local.engine;

import ai.matih.ml.local.install.Cache;
import ai.matih.ml.local.process.ProcessSpec;
import ai.matih.ml.local.process.StopSignal;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An S3 store over a folder: S3Proxy, or MinIO where its program is on the machine. */
public sealed interface ObjectStoreServer {

  ProcessSpec spec(Path log) throws IOException;

  /** MinIO when {@code MATIH_MINIO} names it or it is on the path, else S3Proxy. */
  static ObjectStoreServer choose(Cache cache, Path data, Path configuration, S3 access)
      throws InterruptedException {
    var minio = MinioServer.find();
    return minio.isPresent()
        ? new MinioServer(minio.get(), data.resolve("minio"), access)
        : new S3ProxyServer(
            S3ProxyServer.install(cache), data.resolve("s3proxy"), configuration, access);
  }

  /** S3Proxy over plain files; the jar with everything in it travels inside ours. */
  record S3ProxyServer(Path jar, Path data, Path configuration, S3 access)
      implements ObjectStoreServer {

    private static final String VERSION = "4.1.0";

    static Path install(Cache cache) throws InterruptedException {
      return cache
          .installation("s3proxy-" + VERSION)
          .ensure(
              line -> {},
              folder -> {
                try (var jar = ObjectStoreServer.class.getResourceAsStream("s3proxy.jar")) {
                  if (jar == null) {
                    throw new IOException(
                        "The build did not pack S3Proxy: ./mvnw -pl local-platform package");
                  }
                  Files.copy(jar, folder.resolve("s3proxy.jar"));
                }
              })
          .resolve("s3proxy.jar");
    }

    @Override
    public ProcessSpec spec(Path log) throws IOException {
      Files.createDirectories(data);
      writeConfiguration();
      return new ProcessSpec(
          "s3",
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx192m",
              "-Xss512k",
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-XX:MaxDirectMemorySize=96m",
              "-DLOG_LEVEL=warn",
              "-jar",
              jar.toString(),
              "--properties",
              configuration.toString()),
          Map.of(),
          data,
          log,
          access.endpoint().getPort(),
          access::answers,
          Duration.ofSeconds(60),
          StopSignal.TERM,
          Duration.ofSeconds(5));
    }

    private void writeConfiguration() throws IOException {
      Files.createDirectories(Optional.ofNullable(configuration.getParent()).orElse(Path.of(".")));
      Files.deleteIfExists(configuration);
      Files.createFile(
          configuration,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(
          configuration,
          """
          s3proxy.endpoint=%s
          s3proxy.authorization=aws-v2-or-v4
          s3proxy.identity=%s
          s3proxy.credential=%s
          s3proxy.v4-max-non-chunked-request-size=67108864
          jclouds.provider=filesystem-nio2
          jclouds.filesystem.basedir=%s
          """
              .formatted(access.endpoint(), access.accessKey(), access.secretKey(), data));
    }
  }

  /** MinIO in one folder. */
  record MinioServer(Path program, Path data, S3 access) implements ObjectStoreServer {

    static Optional<Path> find() {
      var named = System.getenv("MATIH_MINIO");
      if (named != null && !named.isBlank()) {
        return Optional.of(Path.of(named)).filter(Files::isExecutable);
      }
      return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
          .map(folder -> Path.of(folder, "minio"))
          .filter(Files::isExecutable)
          .findFirst();
    }

    @Override
    public ProcessSpec spec(Path log) throws IOException {
      Files.createDirectories(data);
      return new ProcessSpec(
          "s3",
          List.of(
              program.toString(),
              "server",
              data.toString(),
              "--address",
              access.endpoint().getAuthority()),
          Map.of(
              "MINIO_ROOT_USER", access.accessKey(),
              "MINIO_ROOT_PASSWORD", access.secretKey(),
              "MINIO_BROWSER", "off"),
          data,
          log,
          access.endpoint().getPort(),
          access::answers,
          Duration.ofSeconds(60),
          StopSignal.TERM,
          Duration.ofSeconds(10));
    }
  }
}
