package ai.matih.ml.features.online;

import ai.matih.ml.common.tenant.Tenant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where online values are stored. */
public interface OnlineValues {

  /** Some features of one view for many entities. */
  record Wanted(String view, List<EntityKey> keys, List<String> features) {

    public Wanted {
      keys = List.copyOf(keys);
      features = List.copyOf(features);
    }
  }

  /**
   * Reads all that one request wants, in as few round trips as the store allows. A repeat is
   * harmless.
   *
   * @return for each wanted view, in order: for each key, in order, the stored values by feature
   *     (an empty map when the entity is not stored); absent when the view has no online table
   * @throws ai.matih.ml.common.http.EngineFailure.Unavailable when the store is away
   */
  List<Optional<List<Map<String, StoredValue>>>> read(Tenant tenant, List<Wanted> wanted);
}
