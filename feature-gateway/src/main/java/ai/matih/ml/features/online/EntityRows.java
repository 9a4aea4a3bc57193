package ai.matih.ml.features.online;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.TypedValues;
import ai.matih.ml.features.definition.ViewDefinition.JoinKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The entities of one request, checked against the join keys that the asked features need.
 *
 * @param columns for each join key, in the request's order, its typed values
 */
record EntityRows(int size, Map<String, List<Object>> columns) {

  /** Reads the request's columns; every wrong one is named. */
  static EntityRows read(
      Map<String, List<Object>> written, FeatureSelection selection, int maxRows) {
    Map<String, FeatureType> needed = new LinkedHashMap<>();
    for (FeatureSelection.Part part : selection.parts()) {
      for (JoinKey key : part.view().joinKeys()) {
        needed.put(part.callersName(key.name()), key.type());
      }
    }
    List<Violation> violations = new ArrayList<>();
    needed.keySet().stream()
        .filter(key -> !written.containsKey(key))
        .forEach(
            key ->
                violations.add(new Violation("entities." + key, "is a join key of the features")));
    written.keySet().stream()
        .filter(key -> !needed.containsKey(key))
        .forEach(
            key ->
                violations.add(
                    new Violation(
                        "entities." + key,
                        needed.isEmpty()
                            ? "the features have no join keys"
                            : "is no join key of the features; they have "
                                + String.join(", ", needed.keySet()))));
    int size =
        written.values().stream().mapToInt(List::size).max().orElse(needed.isEmpty() ? 1 : 0);
    if (violations.isEmpty() && (size < 1 || size > maxRows)) {
      violations.add(new Violation("entities", "must hold 1 to " + maxRows + " rows"));
    }
    Map<String, List<Object>> columns = new LinkedHashMap<>();
    if (violations.isEmpty()) {
      written.forEach(
          (key, values) -> {
            if (values.size() != size) {
              violations.add(
                  new Violation("entities." + key, "all join keys need the same number of values"));
            } else {
              columns.put(
                  key,
                  typed(key, needed.getOrDefault(key, FeatureType.INVALID), values, violations));
            }
          });
    }
    if (!violations.isEmpty()) {
      throw Problem.invalid(violations);
    }
    return new EntityRows(size, columns);
  }

  /**
   * The keys of all rows in a view.
   *
   * @param names the view's join keys with the caller's names for them
   */
  EntityKeys keys(SortedMap<String, String> names) {
    return names.isEmpty()
        ? EntityKeys.ofNothing(size)
        : new EntityKeys(
            List.copyOf(names.keySet()),
            names.values().stream().map(name -> columns.getOrDefault(name, List.of())).toList(),
            size);
  }

  /** The entity of one row as it is shown. */
  Map<String, Object> row(int row) {
    Map<String, Object> shown = LinkedHashMap.newLinkedHashMap(columns.size());
    columns.forEach((key, values) -> shown.put(key, values.get(row)));
    return shown;
  }

  private static List<Object> typed(
      String key, FeatureType type, List<Object> values, List<Violation> violations) {
    List<Object> typed = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      Optional<Object> value = TypedValues.key(type, values.get(i));
      if (value.isEmpty()) {
        violations.add(
            new Violation(
                "entities." + key + "[" + i + "]", "must be " + TypedValues.described(type)));
        if (violations.size() >= 20) {
          return typed;
        }
      }
      value.ifPresent(typed::add);
    }
    return typed;
  }
}
