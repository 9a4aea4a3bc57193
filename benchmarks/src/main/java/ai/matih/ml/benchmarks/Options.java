package ai.matih.ml.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What was typed after a benchmark's name, as {@code name=value}.
 *
 * @param connections how many callers at once, one measurement each
 * @param rounds measurements of each target; the median of them is printed
 * @param round how long one of them lasts
 * @param warmUp load on each target before the first one
 * @param request a file with the JSON request to send; without it a small model is made; for {@code
 *     door} only
 */
public record Options(
    List<Integer> connections,
    int rounds,
    Duration round,
    Duration warmUp,
    Optional<Path> request) {

  private static final int MOST_CONNECTIONS = 256;
  private static final int MOST_SECONDS = 600;

  public Options {
    connections = List.copyOf(connections);
    if (connections.isEmpty()
        || connections.stream().anyMatch(n -> n < 1 || n > MOST_CONNECTIONS)) {
      throw new IllegalArgumentException("connections must be 1 to " + MOST_CONNECTIONS + " each");
    }
    if (rounds < 1 || round.isZero() || round.isNegative()) {
      throw new IllegalArgumentException("rounds and seconds must be positive");
    }
    if (rounds * round.toSeconds() > MOST_SECONDS) {
      throw new IllegalArgumentException("rounds x seconds must not pass " + MOST_SECONDS);
    }
  }

  /** Of the benchmark {@code door}, when nothing else was typed. */
  static final Options DOOR =
      new Options(
          List.of(1, 16), 5, Duration.ofSeconds(3), Duration.ofSeconds(5), Optional.empty());

  /** Of the benchmark {@code registry}. */
  static final Options REGISTRY =
      new Options(List.of(1), 5, Duration.ofSeconds(2), Duration.ofSeconds(5), Optional.empty());

  /** Of the benchmark {@code serving}. */
  static final Options SERVING =
      new Options(
          List.of(1, 16), 5, Duration.ofSeconds(4), Duration.ofSeconds(10), Optional.empty());

  /** Of the benchmark {@code features}. */
  static final Options FEATURES =
      new Options(List.of(8), 5, Duration.ofSeconds(3), Duration.ofSeconds(8), Optional.empty());

  Options changedBy(List<String> words) {
    Options options = this;
    for (String word : words) {
      int split = word.indexOf('=');
      if (split < 0) {
        throw new IllegalArgumentException("Write options as name=value, not " + word);
      }
      options = options.with(word.substring(0, split), word.substring(split + 1));
    }
    return options;
  }

  private Options with(String name, String value) {
    return switch (name) {
      case "connections" ->
          new Options(
              Arrays.stream(value.split(",", -1)).map(n -> number(name, n)).toList(),
              rounds,
              round,
              warmUp,
              request);
      case "rounds" -> new Options(connections, number(name, value), round, warmUp, request);
      case "seconds" ->
          new Options(
              connections, rounds, Duration.ofSeconds(number(name, value)), warmUp, request);
      case "warmup" ->
          new Options(connections, rounds, round, Duration.ofSeconds(number(name, value)), request);
      case "request" ->
          new Options(connections, rounds, round, warmUp, Optional.of(Path.of(value)));
      default ->
          throw new IllegalArgumentException(
              "There is no option "
                  + name
                  + "; there are connections, rounds, seconds, warmup, request");
    };
  }

  private static int number(String name, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException(name + " needs numbers, not '" + text + "'");
    }
  }
}
