package ai.matih.ml.common.http;

import java.time.Duration;

/**
 * How patiently one engine is called.
 *
 * @param connectTimeout until a connection stands
 * @param readTimeout until the answer's head and between its parts
 * @param maxConcurrentCalls calls in flight at once; more are refused as unavailable
 */
public record EngineSettings(
    Duration connectTimeout, Duration readTimeout, int maxConcurrentCalls) {

  /** For engines that answer within seconds. */
  public static final EngineSettings DEFAULT =
      new EngineSettings(Duration.ofSeconds(2), Duration.ofSeconds(30), 64);

  public EngineSettings withReadTimeout(Duration timeout) {
    return new EngineSettings(connectTimeout, timeout, maxConcurrentCalls);
  }
}
