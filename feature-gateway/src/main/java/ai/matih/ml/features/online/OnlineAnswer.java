package ai.matih.ml.features.online;

import ai.matih.ml.features.definition.FeatureReference;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of the asked features for the asked entities: a row per entity, in the order of the
 * request, and a column per feature.
 */
public final class OnlineAnswer {

  /**
   * One feature of all rows.
   *
   * @param column the feature's place in the stored rows
   * @param oldest values before it are withheld; null for none
   */
  record Column(StoredRows rows, int column, @Nullable Instant oldest) {}

  private final List<FeatureReference> features;
  private final EntityRows entities;
  private final List<Column> columns;

  OnlineAnswer(List<FeatureReference> features, EntityRows entities, List<Column> columns) {
    this.features = features;
    this.entities = entities;
    this.columns = columns;
  }

  /** In the order of the request. */
  public List<FeatureReference> features() {
    return features;
  }

  public int rows() {
    return entities.size();
  }

  /** The values of one row by join key, in the request's order. */
  public Map<String, Object> entity(int row) {
    return entities.row(row);
  }

  /** One join key's values in all rows. */
  public List<Object> entities(String joinKey) {
    return entities.columns().getOrDefault(joinKey, List.of());
  }

  /** What is known about one value. */
  public ValueStatus status(int row, int column) {
    Column of = columns.get(column);
    Instant at = of.rows().eventTime(row, of.column());
    if (at == null) {
      return ValueStatus.NOT_FOUND;
    }
    if (of.oldest() != null && at.isBefore(of.oldest())) {
      return ValueStatus.OUTSIDE_MAX_AGE;
    }
    return of.rows().value(row, of.column()) == null ? ValueStatus.NULL : ValueStatus.PRESENT;
  }

  /** Null unless its status is {@link ValueStatus#PRESENT}. */
  public @Nullable Object value(int row, int column) {
    Column of = columns.get(column);
    return status(row, column) == ValueStatus.PRESENT ? of.rows().value(row, of.column()) : null;
  }

  /** That of the stored row, also of one that is too old; null where there is none. */
  public @Nullable Instant eventTime(int row, int column) {
    Column of = columns.get(column);
    return of.rows().eventTime(row, of.column());
  }
}
