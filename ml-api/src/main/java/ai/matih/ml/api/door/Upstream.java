package ai.matih.ml.api.door;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnectionFactory;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/**
 * Kept connections to one server behind the door.
 *
 * <p>The most recently used connection is taken first, so that idle ones age and are closed. A
 * connection that rested is checked before use, since its server may have closed it meanwhile.
 */
public final class Upstream {

  private static final long MAX_REST_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long UNCHECKED_REST_NANOS = Duration.ofMillis(500).toNanos();
  private static final int MAX_KEPT = 128;

  private static final DefaultBHttpClientConnectionFactory CONNECTIONS =
      DefaultBHttpClientConnectionFactory.builder()
          .http1Config(
              Http1Config.custom()
                  .setBufferSize(8 * 1024)
                  .setMaxHeaderCount(200)
                  .setMaxLineLength(64 * 1024)
                  .build())
          .build();

  private final String name;
  private final String host;
  private final int port;
  private final String basePath;
  private final Duration connectTimeout;
  private final Semaphore room;
  private final ConcurrentLinkedDeque<Connection> resting = new ConcurrentLinkedDeque<>();

  /** A connection in use by one call at a time. */
  static final class Connection {
    private final DefaultBHttpClientConnection http;
    private boolean reused;
    private long restingSince;

    private Connection(DefaultBHttpClientConnection http) {
      this.http = http;
    }

    DefaultBHttpClientConnection http() {
      return http;
    }

    /**
     * Whether an earlier call used it; then a failure may only mean that its server let go of it.
     */
    boolean isReused() {
      return reused;
    }

    void patience(Duration patience) {
      http.setSocketTimeout(Timeout.of(patience));
    }
  }

  public Upstream(String name, URI address, Duration connectTimeout, int maxConnections) {
    this.name = name;
    this.host = address.getHost();
    this.port = address.getPort() > 0 ? address.getPort() : 80;
    this.basePath = address.getPath() == null ? "" : address.getPath().replaceAll("/+$", "");
    this.connectTimeout = connectTimeout;
    this.room = new Semaphore(maxConnections);
  }

  /** As operators write it. */
  String name() {
    return name;
  }

  String authority() {
    return host + ":" + port;
  }

  String basePath() {
    return basePath;
  }

  /** Takes one of the places for calls in flight; every success is given back by {@link #leave}. */
  boolean tryEnter() {
    return room.tryAcquire();
  }

  void leave() {
    room.release();
  }

  /**
   * A connection that rested, or a new one.
   *
   * @throws IOException when the server cannot be reached; then nothing was sent
   */
  Connection connect() throws IOException {
    for (Connection kept = resting.pollFirst(); kept != null; kept = resting.pollFirst()) {
      long rested = System.nanoTime() - kept.restingSince;
      if (rested < UNCHECKED_REST_NANOS || (rested < MAX_REST_NANOS && !kept.http.isStale())) {
        kept.reused = true;
        return kept;
      }
      close(kept);
    }
    return open();
  }

  /** A connection that nobody used before. */
  Connection open() throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), Math.toIntExact(connectTimeout.toMillis()));
      socket.setTcpNoDelay(true);
      return new Connection(CONNECTIONS.createConnection(socket));
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** Keeps a connection whose call is complete on both sides. */
  void keep(Connection connection) {
    connection.restingSince = System.nanoTime();
    resting.offerFirst(connection);
    Connection oldest = resting.peekLast();
    if (oldest != null
        && (connection.restingSince - oldest.restingSince > MAX_REST_NANOS
            || resting.size() > MAX_KEPT)
        && resting.remove(oldest)) {
      close(oldest);
    }
  }

  static void close(Connection connection) {
    connection.http.close(CloseMode.IMMEDIATE);
  }
}
