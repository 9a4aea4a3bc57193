package ai.matih.ml.serving.traffic;

import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.Stage;

/**
 * Asks the registry for the stage of a version as it is now. Repeatable; fails when the registry is
 * away.
 */
public interface Stages {

  Stage now(ModelId model, long version);
}
