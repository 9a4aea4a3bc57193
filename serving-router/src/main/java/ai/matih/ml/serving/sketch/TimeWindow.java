package ai.matih.ml.serving.sketch;

import ai.matih.ml.common.problem.Problem;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How far back is looked. */
public enum TimeWindow {
  HOUR("1h", Duration.ofHours(1)),
  SIX_HOURS("6h", Duration.ofHours(6)),
  DAY("24h", Duration.ofDays(1)),
  WEEK("7d", Duration.ofDays(7)),
  MONTH("30d", Duration.ofDays(30));

  private final String wire;
  private final Duration length;

  TimeWindow(String wire, Duration length) {
    this.wire = wire;
    this.length = length;
  }

  public String wireName() {
    return wire;
  }

  public Duration length() {
    return length;
  }

  public static Optional<TimeWindow> ofWire(String wire) {
    return Arrays.stream(values()).filter(window -> window.wire.equals(wire)).findFirst();
  }

  /** The window of that name, or a refusal that lists them. */
  public static TimeWindow require(String wire) {
    return ofWire(wire)
        .orElseThrow(
            () -> Problem.invalid("window", "must be one of " + String.join(", ", names())));
  }

  /** All names, shortest first. */
  public static List<String> names() {
    return Arrays.stream(values()).map(TimeWindow::wireName).toList();
  }
}
