package ai.matih.ml.training.job.output;

import ai.matih.ml.training.job.Leaderboard;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code trials.json} as the training code writes it; whatever is missing is left out. */
record TrialsFile(
    int finished,
    @Nullable Integer bestTrial,
    @Nullable Map<String, @Nullable Double> importance,
    @Nullable Map<String, @Nullable Double> used,
    @Nullable String ended,
    @Nullable Instant at,
    @Nullable List<@Nullable Row> trials) {

  private static final int LONGEST_REASON = 2_000;

  record Row(
      int trial,
      @Nullable Integer rank,
      @Nullable String status,
      @Nullable Map<String, @Nullable Object> parameters,
      @Nullable Double value,
      @Nullable Double deviation,
      @Nullable Double bestValue,
      @Nullable Integer bestIteration,
      int iteration,
      int iterations,
      @Nullable Map<String, @Nullable Double> metrics,
      @Nullable String reason,
      @Nullable String runId,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      double seconds) {

    Leaderboard.Trial read() {
      return new Leaderboard.Trial(
          trial,
          Optional.ofNullable(rank),
          Objects.requireNonNullElse(status, "pending"),
          known(parameters),
          finite(value),
          finite(deviation),
          finite(bestValue),
          Optional.ofNullable(bestIteration),
          iteration,
          iterations,
          numbers(metrics),
          Optional.ofNullable(reason).map(TrialsFile::shortened),
          Optional.ofNullable(runId),
          Optional.ofNullable(startedAt),
          Optional.ofNullable(endedAt),
          seconds);
    }
  }

  Optional<Leaderboard> leaderboard() {
    Map<String, Double> seconds = numbers(used);
    return Optional.ofNullable(at)
        .map(
            time ->
                new Leaderboard(
                    finished,
                    Optional.ofNullable(bestTrial),
                    numbers(importance),
                    new Leaderboard.Used(
                        seconds.getOrDefault("wall_seconds", 0.0),
                        seconds.getOrDefault("cpu_seconds", 0.0),
                        seconds.getOrDefault("gpu_seconds", 0.0)),
                    Optional.ofNullable(ended).map(TrialsFile::shortened),
                    time,
                    Objects.requireNonNullElse(trials, List.<@Nullable Row>of()).stream()
                        .filter(Objects::nonNull)
                        .map(Row::read)
                        .toList()));
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(text.length(), LONGEST_REASON));
  }

  private static Optional<Double> finite(@Nullable Double value) {
    return Optional.ofNullable(value).filter(Double::isFinite);
  }

  private static Map<String, Double> numbers(@Nullable Map<String, @Nullable Double> map) {
    Map<String, Double> kept = new LinkedHashMap<>();
    Objects.requireNonNullElse(map, Map.<String, @Nullable Double>of())
        .forEach((name, value) -> finite(value).ifPresent(number -> kept.put(name, number)));
    return kept;
  }

  private static Map<String, Object> known(@Nullable Map<String, @Nullable Object> map) {
    Map<String, Object> kept = new LinkedHashMap<>();
    Objects.requireNonNullElse(map, Map.<String, @Nullable Object>of())
        .forEach(
            (name, value) -> {
              if (value != null) {
                kept.put(name, value);
              }
            });
    return kept;
  }
}
