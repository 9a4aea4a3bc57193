package ai.matih.ml.features.materialization;

import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.features.definition.FeatureType;
import ai.matih.ml.features.definition.SourceDefinition;
import ai.matih.ml.features.definition.TypedValues;
import ai.matih.ml.features.definition.ViewDefinition;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One row to write, in the declared types.
 *
 * @param keys by join key
 * @param values by feature; null is a value
 * @param created which of two rows of the same event time is the newer
 */
public record PushedRow(
    Map<String, Object> keys,
    Map<String, @Nullable Object> values,
    Instant event,
    Optional<Instant> created) {

  public PushedRow {
    keys = Map.copyOf(keys);
    values = Collections.unmodifiableMap(new HashMap<>(values));
  }

  /**
   * Reads one row of a request.
   *
   * @param source the view's source, which names the columns of the times
   * @param at where the row is in the request
   * @param wrong takes what is wrong with it
   * @return empty when something is wrong
   */
  static Optional<PushedRow> read(
      ViewDefinition view,
      SourceDefinition source,
      Map<String, @Nullable Object> row,
      String at,
      List<Violation> wrong) {
    int before = wrong.size();
    checkColumns(view, source, row.keySet(), at, wrong);
    Map<String, Object> keys = new LinkedHashMap<>();
    view.joinKeys()
        .forEach(
            key ->
                TypedValues.key(key.type(), row.get(key.name()))
                    .ifPresentOrElse(
                        value -> keys.put(key.name(), value),
                        () -> refuse(wrong, at, row, key.name(), key.type())));
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    view.features()
        .forEach(
            feature -> {
              Object given = row.get(feature.name());
              Optional<Object> value = TypedValues.feature(feature.type(), given);
              if (given != null && value.isEmpty()) {
                refuse(wrong, at, row, feature.name(), feature.type());
              }
              values.put(feature.name(), value.orElse(null));
            });
    Optional<Instant> event = time(row, source.timestampColumn(), at, wrong);
    Optional<Instant> created =
        source
            .createdTimestampColumn()
            .filter(column -> row.get(column) != null)
            .flatMap(column -> time(row, column, at, wrong));
    return wrong.size() == before
        ? Optional.of(new PushedRow(keys, values, event.orElseThrow(), created))
        : Optional.empty();
  }

  private static void checkColumns(
      ViewDefinition view,
      SourceDefinition source,
      Set<String> given,
      String at,
      List<Violation> wrong) {
    Set<String> columns = new LinkedHashSet<>();
    view.joinKeys().forEach(key -> columns.add(key.name()));
    columns.add(source.timestampColumn());
    source.createdTimestampColumn().ifPresent(columns::add);
    view.features().forEach(feature -> columns.add(feature.name()));
    columns.stream()
        .filter(column -> !given.contains(column))
        .forEach(column -> wrong.add(new Violation(at + "." + column, "is required")));
    given.stream()
        .filter(column -> !columns.contains(column))
        .forEach(
            column -> wrong.add(new Violation(at + "." + column, "is not a column of the view")));
  }

  private static void refuse(
      List<Violation> wrong,
      String at,
      Map<String, @Nullable Object> row,
      String column,
      FeatureType type) {
    if (row.containsKey(column)) {
      wrong.add(new Violation(at + "." + column, "must be " + TypedValues.described(type)));
    }
  }

  private static Optional<Instant> time(
      Map<String, @Nullable Object> row, String column, String at, List<Violation> wrong) {
    Optional<Instant> time = TypedValues.eventTime(row.get(column));
    if (time.isEmpty() && row.containsKey(column)) {
      wrong.add(new Violation(at + "." + column, "must be " + TypedValues.eventTimeDescribed()));
    }
    return time;
  }
}
