package ai.matih.ml.serving.rollout;

import static ai.matih.ml.serving.rollout.RolloutMove.ADVANCED;
import static ai.matih.ml.serving.rollout.RolloutMove.EXPIRED;
import static ai.matih.ml.serving.rollout.RolloutMove.FINISHED;
import static ai.matih.ml.serving.rollout.RolloutMove.GIVEN_UP;
import static ai.matih.ml.serving.rollout.RolloutMove.HARMED;
import static ai.matih.ml.serving.rollout.RolloutMove.HELD;
import static ai.matih.ml.serving.rollout.RolloutMove.NEVER_STARTED;
import static ai.matih.ml.serving.rollout.RolloutMove.OVERTAKEN;
import static ai.matih.ml.serving.rollout.RolloutMove.RESUMED;
import static ai.matih.ml.serving.rollout.RolloutMove.STARTED;
import static ai.matih.ml.serving.rollout.RolloutState.ABORTED;
import static ai.matih.ml.serving.rollout.RolloutState.COMPLETED;
import static ai.matih.ml.serving.rollout.RolloutState.ENDED;
import static ai.matih.ml.serving.rollout.RolloutState.PAUSED;
import static ai.matih.ml.serving.rollout.RolloutState.RUNNING;
import static ai.matih.ml.serving.rollout.RolloutState.WAITING;

import ai.matih.ml.common.lifecycle.MoveTableContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of moves of roll-outs ... */
class RolloutMoveTests extends MoveTableContract<RolloutState, RolloutMove> {

  RolloutMoveTests() {
    super(
        RolloutMove.class,
        WAITING,
        List.of(
            new Step<>(WAITING, STARTED, RUNNING),
            new Step<>(WAITING, NEVER_STARTED, ENDED),
            new Step<>(WAITING, GIVEN_UP, ABORTED),
            new Step<>(RUNNING, ADVANCED, RUNNING),
            new Step<>(RUNNING, HELD, PAUSED),
            new Step<>(PAUSED, RESUMED, RUNNING),
            new Step<>(RUNNING, FINISHED, COMPLETED),
            new Step<>(PAUSED, FINISHED, COMPLETED),
            new Step<>(RUNNING, HARMED, ABORTED),
            new Step<>(PAUSED, HARMED, ABORTED),
            new Step<>(RUNNING, EXPIRED, ABORTED),
            new Step<>(PAUSED, EXPIRED, ABORTED),
            new Step<>(RUNNING, GIVEN_UP, ABORTED),
            new Step<>(PAUSED, GIVEN_UP, ABORTED),
            new Step<>(RUNNING, OVERTAKEN, ENDED),
            new Step<>(PAUSED, OVERTAKEN, ENDED)));
  }

  @Override
  protected String diagram() {
    return RolloutMove.diagram();
  }

  @Test
  void is_drawn_in_the_docs() throws IOException {
    requirePage(Path.of("docs/rollout-states.md"), "The life of a roll-out");
  }
}
