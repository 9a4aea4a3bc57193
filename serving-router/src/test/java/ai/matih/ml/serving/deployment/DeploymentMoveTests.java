package ai.matih.ml.serving.deployment;

import static ai.matih.ml.serving.deployment.DeploymentMove.ADMITTED;
import static ai.matih.ml.serving.deployment.DeploymentMove.COULD_NOT_LOAD;
import static ai.matih.ml.serving.deployment.DeploymentMove.DRAINED;
import static ai.matih.ml.serving.deployment.DeploymentMove.ENDED;
import static ai.matih.ml.serving.deployment.DeploymentMove.LOADED;
import static ai.matih.ml.serving.deployment.DeploymentMove.WITHDRAWN;
import static ai.matih.ml.serving.deployment.DeploymentState.DRAINING;
import static ai.matih.ml.serving.deployment.DeploymentState.FAILED;
import static ai.matih.ml.serving.deployment.DeploymentState.LOADING;
import static ai.matih.ml.serving.deployment.DeploymentState.PENDING;
import static ai.matih.ml.serving.deployment.DeploymentState.READY;
import static ai.matih.ml.serving.deployment.DeploymentState.STOPPED;

import ai.matih.ml.common.lifecycle.MoveTableContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of moves of deployments ... */
class DeploymentMoveTests extends MoveTableContract<DeploymentState, DeploymentMove> {

  DeploymentMoveTests() {
    super(
        DeploymentMove.class,
        PENDING,
        List.of(
            new Step<>(PENDING, ADMITTED, LOADING),
            new Step<>(PENDING, WITHDRAWN, STOPPED),
            new Step<>(PENDING, COULD_NOT_LOAD, FAILED),
            new Step<>(LOADING, LOADED, READY),
            new Step<>(LOADING, COULD_NOT_LOAD, FAILED),
            new Step<>(LOADING, ENDED, DRAINING),
            new Step<>(READY, ENDED, DRAINING),
            new Step<>(DRAINING, DRAINED, STOPPED)));
  }

  @Override
  protected String diagram() {
    return DeploymentMove.diagram();
  }

  @Test
  void is_drawn_in_the_docs() throws IOException {
    requirePage(Path.of("docs/deployment-states.md"), "The life of a deployment");
  }
}
