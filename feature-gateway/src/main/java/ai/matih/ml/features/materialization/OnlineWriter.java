package ai.matih.ml.features.materialization;

import ai.matih.ml.common.tenant.Tenant;
import java.util.List;

/** Writes rows straight into the online store. */
public interface OnlineWriter {

  /**
   * Writes each row unless a newer one of its entity is stored. A repeat is harmless.
   *
   * @throws FeastRuns.Refused when the rows do not fit the view as Feast has it
   * @throws ai.matih.ml.common.http.EngineFailure when Feast is away, failed or did not answer
   */
  void write(Tenant tenant, String view, List<PushedRow> rows);
}
