package ai.matih.ml.features.materialization;

import ai.matih.ml.common.tenant.Tenant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pushes rows and records that it was done. */
public final class RecordPush {

  private final PushRows feast;
  private final Materializations record;

  public RecordPush(PushRows feast, Materializations record) {
    this.feast = feast;
    this.record = record;
  }

  /**
   * @param rows all with the same columns
   */
  public void push(Tenant tenant, String view, String source, List<Map<String, Object>> rows) {
    Map<String, List<Object>> columns = new LinkedHashMap<>();
    for (Map<String, Object> row : rows) {
      row.forEach(
          (name, value) -> columns.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
    }
    feast.push(tenant, source, columns);
    record.pushed(view, rows.size());
  }
}
