package ai.matih.ml.registry.webhook;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Posts a message to an address that a user gave. Not repeatable by itself: what was sent may have
 * arrived even when no answer came. It follows no redirect and never throws.
 */
public interface Sender {

  Outcome send(URI target, Map<String, String> headers, String body);

  /**
   * What became of it.
   *
   * @param status of the answer; absent when there was none
   * @param excerpt the begin of the answer's body
   * @param error in words, when there was no answer
   * @param retryAfter the pause that the receiver asked for
   */
  record Outcome(
      Optional<Integer> status,
      Optional<String> excerpt,
      Optional<String> error,
      Optional<Duration> retryAfter,
      Duration took) {

    public boolean arrived() {
      return status.filter(code -> code >= 200 && code < 300).isPresent();
    }

    /** The receiver says that it wants nothing any more. */
    boolean gone() {
      return status.filter(code -> code == 410).isPresent();
    }

    public static Outcome notSent(String error, Duration took) {
      return new Outcome(
          Optional.empty(), Optional.empty(), Optional.of(error), Optional.empty(), took);
    }
  }
}
