package ai.matih.ml.serving.traffic;

import ai.matih.ml.serving.ModelId;
import java.util.List;
import java.util.Optional;

/** The stored documents of the tenant in scope. */
public interface TrafficDocuments {

  /** The current document; revision 0 with no target when nothing was ever published. */
  Optional<TrafficDocument> current(ModelId model);

  /** Revisions, newest first, starting below {@code before}. */
  List<TrafficDocument> history(ModelId model, long before, int limit);

  /**
   * Locks the model against other changes of its traffic and its deployments until the caller's
   * transaction ends, and returns the current document. Makes revision 0 where the model is new.
   */
  TrafficDocument lock(ModelId model);

  /** Publishes the next revision in the caller's transaction; its commit wakes every router. */
  TrafficDocument publish(TrafficDocument before, TrafficChange change);

  /** The revision that a restore of this id made, if it was made. */
  Optional<TrafficDocument> restored(ModelId model, String restoreId);

  /** The current documents of all tenants, for the routers' resync. */
  List<OwnedTraffic> all();
}
