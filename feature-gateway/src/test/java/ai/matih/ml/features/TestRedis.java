package ai.matih.ml.features;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis that keeps nothing on disk, with the two users that the suite needs: one that reads
 * fields of hashes and can do nothing else, and one that writes.
 */
public final class TestRedis implements AutoCloseable {

  public static final String READER = "gateway";
  public static final String READER_PASSWORD = "a,b=c 1";
  public static final String WRITER = "feast";
  public static final String WRITER_PASSWORD = "12345,x=y";

  private static final String WATCHER = "watcher";

  private static @Nullable Path program;

  private final int port;
  private final List<String> options;
  private @Nullable Process process;

  /** Listens on a free port from now on; the options are Redis's own, on top of ours. */
  public TestRedis(String... options) throws IOException {
    this.port = freePort();
    this.options = List.of(options);
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "test-redis"));
    start();
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Starts again on the same port, empty. */
  public void start() throws IOException {
    Path configuration = Files.createTempFile("redis", ".conf");
    List<String> lines =
        new ArrayList<>(
            List.of(
                "bind 127.0.0.1",
                "save \"\"",
                "user default off",
                "user plain on >secret ~* +@all -@dangerous",
                "user %1$s on >%1$s ~* -@all +info".formatted(WATCHER),
                "user %s on \">%s\" ~* -@all +hmget".formatted(READER, READER_PASSWORD),
                "user %s on \">%s\" ~* +@all -@dangerous".formatted(WRITER, WRITER_PASSWORD)));
    lines.addAll(options);
    if (options.stream().noneMatch(line -> line.startsWith("tls-cert-file"))) {
      lines.add("port " + port);
    } else {
      lines.add("port 0");
      lines.add("tls-port " + port);
    }
    Files.write(configuration, lines);
    Path log = Files.createTempFile("redis", ".log");
    process =
        new ProcessBuilder(program().toString(), configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!Files.readString(log).contains("Ready to accept connections")) {
      if (System.nanoTime() > end || !process.isAlive()) {
        throw new IOException("Redis did not start: " + Files.readString(log));
      }
      Thread.onSpinWait();
    }
    Files.delete(log);
    Files.delete(configuration);
  }

  /** Ends it without a word to anybody. */
  public void kill() throws InterruptedException {
    Process running = Objects.requireNonNull(process);
    running.destroyForcibly().waitFor();
  }

  /** Stops it in the middle of whatever it does, or lets it go on. */
  public void freeze(boolean frozen) throws IOException, InterruptedException {
    new ProcessBuilder(
            "kill",
            frozen ? "-STOP" : "-CONT",
            Long.toString(Objects.requireNonNull(process).pid()))
        .start()
        .waitFor();
  }

  /** Sends one command as the writer; the answer in Redis's own form. */
  public String command(byte[]... words) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5000);
      OutputStream out = socket.getOutputStream();
      out.write(encoded(text("AUTH"), text(WRITER), text(WRITER_PASSWORD)));
      out.write(encoded(words));
      out.flush();
      InputStream in = socket.getInputStream();
      line(in);
      return line(in);
    }
  }

  /** How often a command was run, by whomever. */
  public int calls(String command) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5000);
      OutputStream out = socket.getOutputStream();
      out.write(encoded(text("AUTH"), text(WATCHER), text(WATCHER)));
      out.write(encoded(text("INFO"), text("commandstats")));
      out.flush();
      InputStream in = socket.getInputStream();
      line(in);
      int length = Integer.parseInt(line(in).substring(1));
      String all = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      return all.lines()
          .filter(line -> line.startsWith("cmdstat_" + command + ":calls="))
          .mapToInt(
              line -> Integer.parseInt(line.substring(line.indexOf('=') + 1, line.indexOf(','))))
          .findFirst()
          .orElse(0);
    }
  }

  public static byte[] text(String word) {
    return word.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] encoded(byte[]... words) throws IOException {
    var out = new java.io.ByteArrayOutputStream();
    out.write(text("*" + words.length + "\r\n"));
    for (byte[] word : words) {
      out.write(text("$" + word.length + "\r\n"));
      out.write(word);
      out.write(text("\r\n"));
    }
    return out.toByteArray();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  private static synchronized Path program() throws IOException {
    if (program == null) {
      program = ExecutableProvider.newJarResourceProvider().get().toPath();
    }
    return program;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
