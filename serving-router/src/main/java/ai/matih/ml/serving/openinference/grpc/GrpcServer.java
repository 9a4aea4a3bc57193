package ai.matih.ml.serving.openinference.grpc;

import io.grpc.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * The listener. It begins last and ends first, together with the web server: callers are told to
 * connect elsewhere, and calls that run are answered.
 */
public final class GrpcServer implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(GrpcServer.class);

  private final Server server;
  private final Duration drain;
  private volatile boolean running;

  GrpcServer(Server server, Duration drain) {
    this.server = server;
    this.drain = drain;
  }

  /** Where it listens. */
  public int port() {
    return server.getPort();
  }

  @Override
  public void start() {
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    running = true;
    log.info("gRPC at port {}", port());
  }

  @Override
  public void stop(Runnable done) {
    server.shutdown();
    Thread.startVirtualThread(
        () -> {
          try {
            if (!server.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS)) {
              server.shutdownNow();
            }
          } catch (InterruptedException e) {
            server.shutdownNow();
          } finally {
            running = false;
            done.run();
          }
        });
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
  }
}
