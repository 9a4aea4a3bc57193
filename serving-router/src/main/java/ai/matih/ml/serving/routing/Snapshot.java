package ai.matih.ml.serving.routing;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything this router serves at one moment. Immutable; a change is a new snapshot. */
record Snapshot(Map<Key, Route> routes) {

  static final Snapshot EMPTY = new Snapshot(Map.of());

  /** A model of a tenant. */
  record Key(Tenant tenant, ModelId model) {}

  Snapshot {
    routes = Map.copyOf(routes);
  }

  @Nullable Route route(Key key) {
    return routes.get(key);
  }
}
