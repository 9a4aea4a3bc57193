package ai.matih.ml.serving.traffic;

import ai.matih.ml.serving.ModelId;
import java.util.List;

/** Asks which versions of a model are deployed. Reads within the caller's transaction. */
public interface Targets {

  /** Every deployment of the model that has not ended; empty when there is none. */
  List<DeployedTarget> of(ModelId model);
}
