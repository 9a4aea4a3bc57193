package ai.matih.ml.features.materialization;

import ai.matih.ml.common.tenant.Tenant;
import java.util.List;
import java.util.Map;

/** Feast's push: rows straight into the online store. */
public interface PushRows {

  /**
   * Writes rows; the newest write of an entity wins. A repeat is harmless.
   *
   * @param columns values by column, all of the same length
   * @throws FeastRuns.Refused when Feast will not have the rows
   */
  void push(Tenant tenant, String pushSource, Map<String, List<Object>> columns);
}
