package ai.matih.ml.features;

import ai.matih.ml.features.online.EntityKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Entity keys written row by row. */
public final class TestKeys {

  private TestKeys() {}

  /** One row. */
  public static EntityKeys of(Map<String, Object> row) {
    return of(List.of(row));
  }

  /** The rows' join keys must be the same. */
  public static EntityKeys of(List<Map<String, Object>> rows) {
    List<String> names = List.copyOf(new TreeMap<>(rows.getFirst()).keySet());
    List<List<Object>> columns = new ArrayList<>();
    for (String name : names) {
      columns.add(rows.stream().map(row -> row.getOrDefault(name, "")).toList());
    }
    return new EntityKeys(names, columns, rows.size());
  }
}
