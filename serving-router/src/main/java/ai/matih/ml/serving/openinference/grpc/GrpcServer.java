package ai.matih.ml.serving.openinference.grpc;

import io.grpc.Server;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
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

  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final Server server;
  private final EventLoopGroup loops;
  private final Duration drain;
  private volatile boolean running;

  /**
   * @param loops that serve its connections, and end with it
   */
  GrpcServer(Server server, EventLoopGroup loops, Duration drain) {
    this.server = server;
    this.loops = loops;
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
            var _ = loops.shutdownGracefully(0, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
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
