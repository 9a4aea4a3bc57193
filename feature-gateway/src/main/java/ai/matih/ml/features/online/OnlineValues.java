package ai.matih.ml.features.online;

import ai.matih.ml.common.tenant.Tenant;
import java.util.List;
import java.util.Optional;

/** Where online values are stored. */
public interface OnlineValues {

  /**
   * Some features of one view for many entities. Views with the same keys share one {@link
   * EntityKeys}.
   */
  record Wanted(String view, EntityKeys keys, List<String> features) {

    public Wanted {
      features = List.copyOf(features);
    }
  }

  /**
   * Reads all that one request wants, in one round trip. A repeat is harmless.
   *
   * @return for each wanted view, in order, its rows; absent when the view has no online table
   * @throws ai.matih.ml.common.http.EngineFailure.Unavailable when the store is away
   */
  List<Optional<StoredRows>> read(Tenant tenant, List<Wanted> wanted);
}
