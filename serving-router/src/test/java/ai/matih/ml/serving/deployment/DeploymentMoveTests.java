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
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The table of moves ... */
class DeploymentMoveTests {

  private static final Path DIAGRAM = Path.of("docs/deployment-states.md");

  private record Step(DeploymentState from, DeploymentMove move) {}

  private static Map<Step, DeploymentState> expected() {
    Map<Step, DeploymentState> moves = new LinkedHashMap<>();
    moves.put(new Step(PENDING, ADMITTED), LOADING);
    moves.put(new Step(PENDING, WITHDRAWN), STOPPED);
    moves.put(new Step(PENDING, COULD_NOT_LOAD), FAILED);
    moves.put(new Step(LOADING, LOADED), READY);
    moves.put(new Step(LOADING, COULD_NOT_LOAD), FAILED);
    moves.put(new Step(LOADING, ENDED), DRAINING);
    moves.put(new Step(READY, ENDED), DRAINING);
    moves.put(new Step(DRAINING, DRAINED), STOPPED);
    return moves;
  }

  @Test
  void allows_these_moves_and_refuses_every_other() {
    Map<Step, DeploymentState> expected = expected();
    Set<DeploymentMove> visited = EnumSet.noneOf(DeploymentMove.class);
    Set<DeploymentState> reached = EnumSet.of(PENDING);
    for (DeploymentState state : DeploymentState.values()) {
      for (DeploymentMove move : DeploymentMove.values()) {
        DeploymentState to = expected.get(new Step(state, move));
        assertThat(move.allowedFrom(state)).as("%s from %s", move, state).isEqualTo(to != null);
        if (to == null) {
          assertThatThrownBy(() -> move.from(state)).isInstanceOf(IllegalStateException.class);
        } else {
          assertThat(move.from(state)).isEqualTo(to);
          visited.add(move);
          reached.add(to);
        }
      }
    }
    assertThat(visited).containsExactlyInAnyOrder(DeploymentMove.values());
    assertThat(reached).containsExactlyInAnyOrder(DeploymentState.values());
  }

  @Test
  void lets_nothing_leave_an_end() {
    for (DeploymentMove move : DeploymentMove.values()) {
      assertThat(move.allowedFrom(STOPPED)).isFalse();
      assertThat(move.allowedFrom(FAILED)).isFalse();
    }
  }

  /** Run with -Ddocs.update=true to draw it again. */
  @Test
  void is_drawn_in_the_docs() throws IOException {
    String page =
        "# The life of a deployment\n\nDrawn from `DeploymentMove`; a test keeps it so.\n\n```mermaid\n"
            + DeploymentMove.diagram()
            + "```\n";
    if (Boolean.getBoolean("docs.update")) {
      Files.createDirectories(DIAGRAM.getParent());
      Files.writeString(DIAGRAM, page);
    }
    assertThat(DIAGRAM).exists().content().isEqualTo(page);
  }
}
