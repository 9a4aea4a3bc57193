package ai.matih.ml.serving.deployment;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.common.problem.Violation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a deployment does with inputs that it does not get.
 *
 * @param defaults the value of an input that a caller leaves out, by name; null for a missing one
 * @param change how its inputs differ from those of the versions that got traffic when it was
 *     deployed
 */
public record InputRules(
    OnAbsent onAbsent, Map<String, @Nullable Object> defaults, InputChange change) {

  public static final InputRules DEFAULT =
      new InputRules(OnAbsent.SERVE, Map.of(), InputChange.NONE);

  public InputRules {
    defaults = Collections.unmodifiableMap(new TreeMap<>(defaults));
  }

  InputRules changing(InputChange next) {
    return new InputRules(onAbsent, defaults, next);
  }

  /**
   * Inputs that callers may not know: they are sent, if only as null, or the request is refused.
   */
  public Set<String> required() {
    Set<String> required = new TreeSet<>(change.added());
    required.removeAll(defaults.keySet());
    return required;
  }

  /** What is wrong with the defaults for a model of this signature. */
  List<Violation> violations(Signature signature) {
    List<Violation> violations = new ArrayList<>();
    defaults.forEach(
        (name, value) -> {
          int position = signature.position(name);
          if (position < 0) {
            violations.add(violation(name, "is not an input of this version"));
          } else if (!fits(signature.columns().get(position), value)) {
            Column column = signature.columns().get(position);
            violations.add(
                violation(
                    name,
                    "must be a %s%s"
                        .formatted(column.type().wireName(), column.nullable() ? " or null" : "")));
          }
        });
    return violations;
  }

  private static Violation violation(String name, String message) {
    return new Violation("inputs.defaults." + name, message);
  }

  private static boolean fits(Column column, @Nullable Object value) {
    return switch (value) {
      case null -> column.nullable();
      case Number number ->
          Math.abs(number.doubleValue()) <= Float.MAX_VALUE
              && (column.type() == ColumnType.DOUBLE
                  || (column.type() == ColumnType.LONG
                      && number.doubleValue() == Math.rint(number.doubleValue())));
      case Boolean flag -> column.type() == ColumnType.BOOLEAN;
      case String text -> column.type() == ColumnType.STRING;
      default -> false;
    };
  }
}
