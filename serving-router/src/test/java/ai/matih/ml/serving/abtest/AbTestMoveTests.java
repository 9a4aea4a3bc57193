package ai.matih.ml.serving.abtest;

import static ai.matih.ml.serving.abtest.AbTestMove.BROKEN_OFF;
import static ai.matih.ml.serving.abtest.AbTestMove.CALLED;
import static ai.matih.ml.serving.abtest.AbTestMove.DECIDED;
import static ai.matih.ml.serving.abtest.AbTestMove.NEVER_STARTED;
import static ai.matih.ml.serving.abtest.AbTestMove.SPOILED;
import static ai.matih.ml.serving.abtest.AbTestMove.STARTED;
import static ai.matih.ml.serving.abtest.AbTestMove.TIMED_OUT;
import static ai.matih.ml.serving.abtest.AbTestState.CONCLUDED;
import static ai.matih.ml.serving.abtest.AbTestState.INVALID;
import static ai.matih.ml.serving.abtest.AbTestState.RUNNING;
import static ai.matih.ml.serving.abtest.AbTestState.STOPPED;
import static ai.matih.ml.serving.abtest.AbTestState.WAITING;

import ai.matih.ml.common.lifecycle.MoveTableContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of moves of A/B tests ... */
class AbTestMoveTests extends MoveTableContract<AbTestState, AbTestMove> {

  AbTestMoveTests() {
    super(
        AbTestMove.class,
        WAITING,
        List.of(
            new Step<>(WAITING, STARTED, RUNNING),
            new Step<>(WAITING, NEVER_STARTED, STOPPED),
            new Step<>(RUNNING, DECIDED, CONCLUDED),
            new Step<>(RUNNING, TIMED_OUT, CONCLUDED),
            new Step<>(RUNNING, CALLED, CONCLUDED),
            new Step<>(RUNNING, BROKEN_OFF, STOPPED),
            new Step<>(RUNNING, SPOILED, INVALID)));
  }

  @Override
  protected String diagram() {
    return AbTestMove.diagram();
  }

  @Test
  void is_drawn_in_the_docs() throws IOException {
    requirePage(Path.of("docs/ab-test-states.md"), "The life of an A/B test");
  }
}
