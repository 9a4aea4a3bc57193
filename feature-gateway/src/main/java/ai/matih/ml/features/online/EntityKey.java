package ai.matih.ml.features.online;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The join keys of one row with their values, in the order of their names.
 *
 * @param values a {@link String}, {@link Integer}, {@link Long}, {@code byte[]} or {@link
 *     java.time.Instant} by join key
 */
public record EntityKey(SortedMap<String, Object> values) {

  public EntityKey {
    values = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  public static EntityKey of(Map<String, Object> values) {
    return new EntityKey(new TreeMap<>(values));
  }
}
