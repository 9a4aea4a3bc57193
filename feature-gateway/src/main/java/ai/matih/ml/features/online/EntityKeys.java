package ai.matih.ml.features.online;

import ai.matih.ml.features.definition.EntityDefinition;
import java.util.Collections;
import java.util.List;

/**
 * The keys of a request's rows in one view, as columns.
 *
 * @param names the view's join keys, sorted
 * @param columns for each name the values of all rows: {@link String}, {@link Integer}, {@link
 *     Long}, {@code byte[]} or {@link java.time.Instant}
 * @param size rows
 */
public record EntityKeys(List<String> names, List<List<Object>> columns, int size) {

  public EntityKeys {
    names = List.copyOf(names);
    columns = List.copyOf(columns);
  }

  /** For a view about nothing in particular: every row has the same key. */
  static EntityKeys ofNothing(int size) {
    return new EntityKeys(
        List.of(EntityDefinition.NOTHING_KEY), List.of(Collections.nCopies(size, "")), size);
  }
}
