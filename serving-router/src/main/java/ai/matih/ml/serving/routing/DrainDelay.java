package ai.matih.ml.serving.routing;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * Holds the end of the web server back, so that a load balancer notices the missing readiness
 * first.
 */
final class DrainDelay implements SmartLifecycle {

  private final Duration delay;
  private volatile boolean running;

  DrainDelay(Duration delay) {
    this.delay = delay;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Above the web server's graceful end, hence before it. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
