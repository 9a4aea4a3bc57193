package ai.matih.ml.training.job;

import ai.matih.ml.training.algorithm.Algorithm;
import ai.matih.ml.training.algorithm.Hyperparameter;
import ai.matih.ml.training.algorithm.Task;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the values of each searched hyperparameter may be; everything drawn has to be allowed. */
final class SpaceRules {

  private static final int MOST_PARAMETERS = 20;
  private static final int MOST_VALUES = 100;

  /** Beyond it a double skips whole numbers, and a grid has no end. */
  private static final double LARGEST = 1e15;

  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "choice", Set.of("values"),
          "randint", Set.of("lower", "upper"),
          "uniform", Set.of("lower", "upper"),
          "loguniform", Set.of("lower", "upper"),
          "quniform", Set.of("lower", "upper", "q"));

  private final @Nullable Algorithm algorithm;
  private final @Nullable Task task;
  private final Set<String> fixed;
  private final boolean grid;
  private final Violations violations;

  /**
   * @param algorithm null when it was refused, as the task
   * @param fixed hyperparameters that have a value already
   * @param grid whether every value has to be listed
   */
  SpaceRules(
      @Nullable Algorithm algorithm,
      @Nullable Task task,
      Set<String> fixed,
      boolean grid,
      Violations violations) {
    this.algorithm = algorithm;
    this.task = task;
    this.fixed = fixed;
    this.grid = grid;
    this.violations = violations;
  }

  /** The distributions that hold together, by name. */
  Map<String, Tuning.Distribution> check(
      String field, Map<String, JobRequest.@Nullable Distribution> space) {
    Map<String, Tuning.Distribution> checked = new LinkedHashMap<>();
    if (space.isEmpty() || space.size() > MOST_PARAMETERS) {
      violations.add(field, "must name 1 to %d hyperparameters".formatted(MOST_PARAMETERS));
    }
    new TreeMap<>(space)
        .forEach(
            (name, asked) ->
                distribution(field + "." + name, name, asked)
                    .ifPresent(distribution -> checked.put(name, distribution)));
    return checked;
  }

  private Optional<Tuning.Distribution> distribution(
      String field, String name, JobRequest.@Nullable Distribution asked) {
    Hyperparameter parameter = algorithm == null ? null : algorithm.parameters().get(name);
    if (algorithm != null && parameter == null) {
      Set<String> known = new TreeSet<>(algorithm.parameters().keySet());
      violations.add(
          field,
          "is not a hyperparameter of %s; it has %s%s"
              .formatted(
                  algorithm.name(), String.join(", ", known), ClosestName.hint(name, known)));
      return Optional.empty();
    }
    if (fixed.contains(name)) {
      violations.add(field, "has a value in hyperparameters; give it in one of the two places");
      return Optional.empty();
    }
    if (parameter != null && task == Task.REGRESSION && parameter.onlyFor().isPresent()) {
      violations.add(field, "belongs to classification");
      return Optional.empty();
    }
    if (asked == null || asked.type().isEmpty()) {
      violations.add(field + ".type", "is required; one of " + types());
      return Optional.empty();
    }
    String type = asked.type().get();
    if (!FIELDS.containsKey(type)) {
      violations.add(field + ".type", "must be one of " + types());
      return Optional.empty();
    }
    int before = violations.list().size();
    strangers(field, type, asked);
    if (type.equals("choice")) {
      values(field + ".values", asked.values(), parameter);
    } else {
      interval(field, type, asked, parameter);
    }
    if (violations.list().size() > before) {
      return Optional.empty();
    }
    return Optional.of(
        new Tuning.Distribution(
            type, known(asked.values()), asked.lower(), asked.upper(), asked.q()));
  }

  private static Optional<List<Object>> known(Optional<List<@Nullable Object>> values) {
    return values.map(list -> list.stream().map(Objects::requireNonNull).toList());
  }

  private static String types() {
    return String.join(", ", new TreeSet<>(FIELDS.keySet()));
  }

  private void strangers(String field, String type, JobRequest.Distribution asked) {
    Map<String, Optional<?>> given =
        new TreeMap<>(
            Map.of(
                "values",
                asked.values(),
                "lower",
                asked.lower(),
                "upper",
                asked.upper(),
                "q",
                asked.q()));
    given.forEach(
        (name, value) -> {
          if (value.isPresent() && !FIELDS.getOrDefault(type, Set.of()).contains(name)) {
            violations.add(
                field + "." + name,
                "does not belong to %s, which has %s"
                    .formatted(
                        type,
                        String.join(", ", new TreeSet<>(FIELDS.getOrDefault(type, Set.of())))));
          }
        });
  }

  private void values(
      String field, Optional<List<@Nullable Object>> asked, @Nullable Hyperparameter parameter) {
    List<@Nullable Object> values = asked.orElse(List.of());
    if (values.isEmpty() || values.size() > MOST_VALUES) {
      violations.add(field, "must list 1 to %d values".formatted(MOST_VALUES));
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      String at = "%s[%d]".formatted(field, i);
      if (!(value instanceof String || value instanceof Number)) {
        violations.add(at, "must be a text or a number");
      } else if (parameter != null && !parameter.allows(value)) {
        violations.add(at, "must be " + parameter.allowed());
      } else if (!seen.add(plain(value))) {
        violations.add(at, "is listed twice");
      }
    }
  }

  /** 1 and 1.0 are one value. */
  private static String plain(Object value) {
    return value instanceof Number number ? Double.toString(number.doubleValue()) : "'" + value;
  }

  private void interval(
      String field,
      String type,
      JobRequest.Distribution asked,
      @Nullable Hyperparameter parameter) {
    if (grid && (type.equals("uniform") || type.equals("loguniform"))) {
      violations.add(
          field + ".type",
          "a grid cannot list the values of %s; use choice, quniform or randint".formatted(type));
      return;
    }
    int before = violations.list().size();
    double lower = bound(field + ".lower", asked.lower());
    double upper = bound(field + ".upper", asked.upper());
    double step = type.equals("quniform") ? bound(field + ".q", asked.q()) : 1;
    if (violations.list().size() > before) {
      return;
    }
    if (lower >= upper) {
      violations.add(field + ".upper", "must be above lower");
    } else if (type.equals("loguniform") && lower <= 0) {
      violations.add(field + ".lower", "must be above 0 for loguniform");
    } else if (type.equals("randint") && !(isWhole(lower) && isWhole(upper))) {
      violations.add(
          isWhole(lower) ? field + ".upper" : field + ".lower", "must be whole for randint");
    } else if (type.equals("quniform")
        && !(step > 0 && divides(step, lower) && divides(step, upper))) {
      violations.add(field + ".q", "must be above 0 and divide both lower and upper");
    } else if (parameter != null) {
      boolean whole =
          type.equals("randint")
              || (type.equals("quniform") && isWhole(lower) && isWhole(upper) && isWhole(step));
      allowed(field, type, parameter, whole, lower, type.equals("randint") ? upper - 1 : upper);
    }
  }

  private double bound(String field, Optional<Double> asked) {
    if (asked.isEmpty()) {
      violations.add(field, "is required");
      return 0;
    }
    double value = asked.get();
    if (!(Math.abs(value) <= LARGEST)) {
      violations.add(field, "must be a number from -1e15 to 1e15");
    }
    return value;
  }

  private static boolean isWhole(double number) {
    return number == Math.rint(number);
  }

  private static boolean divides(double step, double number) {
    double times = number / step;
    return Math.abs(times) <= LARGEST && Math.abs(times - Math.rint(times)) <= 1e-9;
  }

  /** Both ends; what lies between is allowed as well. */
  private void allowed(
      String field,
      String type,
      Hyperparameter parameter,
      boolean whole,
      double least,
      double largest) {
    if (parameter.type() == Hyperparameter.Type.CHOICE) {
      violations.add(field + ".type", "must be choice; the value is " + parameter.allowed());
    } else if (parameter.type() == Hyperparameter.Type.INTEGER && !whole) {
      violations.add(
          field + ".type",
          "%s gives fractions, and the value is %s; use randint, or quniform of whole numbers"
              .formatted(type, parameter.allowed()));
    } else {
      if (!parameter.allows(value(whole, least))) {
        violations.add(field + ".lower", "the value is " + parameter.allowed());
      }
      if (!parameter.allows(value(whole, largest))) {
        violations.add(
            field + ".upper",
            "the value is %s%s"
                .formatted(
                    parameter.allowed(), type.equals("randint") ? "; upper is not drawn" : ""));
      }
    }
  }

  private static Object value(boolean whole, double number) {
    return whole ? (Object) (long) number : (Object) number;
  }
}
