package ai.matih.ml.serving.engine;

import java.util.List;

/** Names what engines shall run elsewhere, over all tenants. Read from the database. */
public interface PlacedModels {

  /** The placements that are wanted on this engine now. */
  List<Placement> wanted(EngineName engine);
}
