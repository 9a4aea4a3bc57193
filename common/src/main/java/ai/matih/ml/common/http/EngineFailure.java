package ai.matih.ml.common.http;

import java.time.Duration;
import java.util.Optional;

/**
 * Why an outside call gave no answer. Together with a normal return these are the four outcomes of
 * a call: answer, refused, unavailable, unknown.
 */
public abstract sealed class EngineFailure extends RuntimeException {

  private final String engine;

  private EngineFailure(String engine, String message, Throwable cause) {
    super(engine + ": " + message, cause);
    this.engine = engine;
  }

  private EngineFailure(String engine, String message) {
    super(engine + ": " + message);
    this.engine = engine;
  }

  /** The engine or service that was called, as operators name it. */
  public String engine() {
    return engine;
  }

  /** The engine understood and said no (a 4xx): nothing was done, a repeat gives the same. */
  public static final class Refused extends EngineFailure {
    private final int status;
    private final String body;

    public Refused(String engine, int status, String body) {
      super(engine, "refused with " + status);
      this.status = status;
      this.body = body;
    }

    public int status() {
      return status;
    }

    /** The first 16 kB of the answer; for the adapter to read, never for the caller. */
    public String body() {
      return body;
    }
  }

  /** The engine was not reached or asked us to wait: nothing was done, try later. */
  public static final class Unavailable extends EngineFailure {
    private final transient Optional<Duration> retryAfter;
    private final transient Optional<String> answer;

    public Unavailable(String engine, String message, Optional<Duration> retryAfter) {
      super(engine, message);
      this.retryAfter = retryAfter;
      this.answer = Optional.empty();
    }

    /** It answered so itself. */
    public Unavailable(String engine, int status, String body, Optional<Duration> retryAfter) {
      super(engine, "answered " + status);
      this.retryAfter = retryAfter;
      this.answer = Optional.of(body);
    }

    public Unavailable(String engine, Throwable cause) {
      super(engine, "unavailable (" + cause.getClass().getSimpleName() + ")", cause);
      this.retryAfter = Optional.empty();
      this.answer = Optional.empty();
    }

    /** The first 16 kB of its answer when it gave one; for the adapter to read. */
    public Optional<String> answer() {
      return answer;
    }

    public Optional<Duration> retryAfter() {
      return retryAfter;
    }
  }

  /** The engine answered with a server error or with something that is not its protocol. */
  public static final class Misbehaved extends EngineFailure {
    private final int status;
    private final String body;

    public Misbehaved(String engine, int status, String body) {
      super(engine, "answered " + status);
      this.status = status;
      this.body = body;
    }

    public int status() {
      return status;
    }

    /** The first 16 kB of the answer; for the adapter to read, never for the caller. */
    public String body() {
      return body;
    }
  }

  /** The call was sent and no answer came: it may have been done. Resolve by asking. */
  public static final class OutcomeUnknown extends EngineFailure {
    public OutcomeUnknown(String engine, Throwable cause) {
      super(engine, "no answer (" + cause.getClass().getSimpleName() + ")", cause);
    }

    public OutcomeUnknown(String engine, String message) {
      super(engine, message);
    }
  }
}
