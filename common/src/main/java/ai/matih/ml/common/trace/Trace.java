package ai.matih.ml.common.trace;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * This hop's place in a trace. Nothing is recorded or exported here: a service continues what its
 * caller began, and whoever records, before or behind it, finds one trace.
 *
 * @param traceId 32 lower-case hexadecimal digits, the same on every hop
 * @param spanId 16 of them, this hop's own
 * @param sampled whether the caller may have recorded it
 * @param state what tracing systems tell each other, passed on as it came
 */
public record Trace(String traceId, String spanId, boolean sampled, Optional<String> state) {

  public static final String PARENT = "traceparent";
  public static final String STATE = "tracestate";

  private static final Pattern FORM =
      Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
  private static final Pattern STATE_FORM = Pattern.compile("[\\x20-\\x7e]{1,512}");
  private static final String NO_TRACE = "0".repeat(32);
  private static final String NO_SPAN = "0".repeat(16);
  private static final ThreadLocal<@Nullable Trace> CURRENT = new ThreadLocal<>();

  /** The trace of the current thread's work. */
  public static Optional<Trace> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  /** A new trace. */
  public static Trace begin() {
    return new Trace(random() + random(), random(), false, Optional.empty());
  }

  /**
   * The caller's trace with a span of our own, or a new one where the caller sent none that is
   * valid.
   */
  public static Trace continued(@Nullable String traceparent, @Nullable String tracestate) {
    Matcher parent = FORM.matcher(traceparent == null ? "" : traceparent);
    if (!parent.matches()
        || parent.group(1).equals("ff")
        || (parent.group(1).equals("00") && parent.group(5) != null)
        || parent.group(2).equals(NO_TRACE)
        || parent.group(3).equals(NO_SPAN)) {
      return begin();
    }
    return new Trace(
        parent.group(2),
        random(),
        (HexFormat.fromHexDigits(parent.group(4)) & 1) == 1,
        Optional.ofNullable(tracestate).filter(state -> STATE_FORM.matcher(state).matches()));
  }

  /** Never all zeros. */
  private static String random() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | 1);
  }

  /** The headers for a call of this hop. */
  public void writeTo(BiConsumer<String, String> headers) {
    headers.accept(PARENT, "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00"));
    state.ifPresent(value -> headers.accept(STATE, value));
  }

  /** Makes it the trace of this thread's work until the scope is closed; logs show its id. */
  public Scope open() {
    Trace before = CURRENT.get();
    set(this);
    return () -> set(before);
  }

  private static void set(@Nullable Trace trace) {
    if (trace == null) {
      CURRENT.remove();
      MDC.remove("trace_id");
    } else {
      CURRENT.set(trace);
      MDC.put("trace_id", trace.traceId());
    }
  }

  /** Ends where it was opened. */
  @FunctionalInterface
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }
}
