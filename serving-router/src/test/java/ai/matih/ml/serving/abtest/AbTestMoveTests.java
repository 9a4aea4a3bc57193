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
class AbTestMoveTests {

  private static final Path DIAGRAM = Path.of("docs/ab-test-states.md");

  private record Step(AbTestState from, AbTestMove move) {}

  private static Map<Step, AbTestState> expected() {
    Map<Step, AbTestState> moves = new LinkedHashMap<>();
    moves.put(new Step(WAITING, STARTED), RUNNING);
    moves.put(new Step(WAITING, NEVER_STARTED), STOPPED);
    moves.put(new Step(RUNNING, DECIDED), CONCLUDED);
    moves.put(new Step(RUNNING, TIMED_OUT), CONCLUDED);
    moves.put(new Step(RUNNING, CALLED), CONCLUDED);
    moves.put(new Step(RUNNING, BROKEN_OFF), STOPPED);
    moves.put(new Step(RUNNING, SPOILED), INVALID);
    return moves;
  }

  @Test
  void allows_these_moves_and_refuses_every_other() {
    Map<Step, AbTestState> expected = expected();
    Set<AbTestMove> visited = EnumSet.noneOf(AbTestMove.class);
    Set<AbTestState> reached = EnumSet.of(WAITING);
    for (AbTestState state : AbTestState.values()) {
      for (AbTestMove move : AbTestMove.values()) {
        AbTestState to = expected.get(new Step(state, move));
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
    assertThat(visited).containsExactlyInAnyOrder(AbTestMove.values());
    assertThat(reached).containsExactlyInAnyOrder(AbTestState.values());
  }

  @Test
  void lets_nothing_leave_an_end() {
    for (AbTestState state : AbTestState.values()) {
      for (AbTestMove move : AbTestMove.values()) {
        assertThat(state.isOver() && move.allowedFrom(state)).isFalse();
      }
    }
  }

  /** Run with -Ddocs.update=true to draw it again. */
  @Test
  void is_drawn_in_the_docs() throws IOException {
    String page =
        "# The life of an A/B test\n\nDrawn from `AbTestMove`; a test keeps it so.\n\n```mermaid\n"
            + AbTestMove.diagram()
            + "```\n";
    if (Boolean.getBoolean("docs.update")) {
      Files.createDirectories(DIAGRAM.getParent());
      Files.writeString(DIAGRAM, page);
    }
    assertThat(DIAGRAM).exists().content().isEqualTo(page);
  }
}
