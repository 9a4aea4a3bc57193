package ai.matih.ml.features.online;

import ai.matih.ml.common.tenant.Tenant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where online values are stored. */
public interface OnlineValues {

  /**
   * Reads some features of one view for many entities in one round trip. A repeat is harmless.
   *
   * @return for each key, in order, the stored values by feature (empty map when the entity is not
   *     stored); absent when the view has no online table
   * @throws ai.matih.ml.common.http.EngineFailure.Unavailable when the store is away
   */
  Optional<List<Map<String, StoredValue>>> read(
      Tenant tenant, String view, List<EntityKey> keys, List<String> features);
}
