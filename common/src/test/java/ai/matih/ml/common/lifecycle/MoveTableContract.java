package ai.matih.ml.common.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every table of moves ... */
public abstract class MoveTableContract<S extends Enum<S> & Phase, M extends Enum<M> & Move<S>> {

  /** One move that the table must have, written by hand and not read from it. */
  public record Step<S, M>(S from, M move, S to) {}

  private final Class<M> table;
  private final S first;
  private final List<Step<S, M>> expected;

  /**
   * @param first where a life begins
   */
  protected MoveTableContract(Class<M> table, S first, List<Step<S, M>> expected) {
    this.table = table;
    this.first = first;
    this.expected = expected;
  }

  private S[] states() {
    return first.getDeclaringClass().getEnumConstants();
  }

  @Test
  void allows_the_expected_moves_and_refuses_every_other() {
    Map<List<Object>, S> ends =
        expected.stream()
            .collect(Collectors.toMap(step -> List.of(step.from(), step.move()), Step::to));
    Set<M> visited = new HashSet<>();
    Set<S> reached = new HashSet<>(Set.of(first));
    for (S state : states()) {
      for (M move : table.getEnumConstants()) {
        S to = ends.get(List.of(state, move));
        assertThat(move.allowedFrom(state)).as("%s from %s", move, state).isEqualTo(to != null);
        if (to == null) {
          assertThatThrownBy(() -> move.from(state))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContainingAll(state.name(), move.name());
        } else {
          assertThat(move.from(state)).isEqualTo(to);
          visited.add(move);
          reached.add(to);
        }
      }
    }
    assertThat(visited).containsExactlyInAnyOrder(table.getEnumConstants());
    assertThat(reached).containsExactlyInAnyOrder(states());
  }

  @Test
  void lets_nothing_leave_an_end_and_something_every_other_state() {
    for (S state : states()) {
      assertThat(List.of(table.getEnumConstants()))
          .as("moves from %s", state)
          .matches(
              moves -> moves.stream().noneMatch(move -> move.allowedFrom(state)) == state.isOver());
    }
  }

  /**
   * Fails when a page does not show the table as it is; with {@code -Ddocs.update=true} it is drawn
   * again.
   */
  protected void requirePage(Path page, String title) throws IOException {
    String text =
        "# %s\n\nDrawn from `%s`; a test keeps it so.\n\n```mermaid\n%s```\n"
            .formatted(title, table.getSimpleName(), diagram());
    if (Boolean.getBoolean("docs.update")) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, text);
    }
    assertThat(page).exists().content().isEqualTo(text);
  }

  /** The table as it draws itself. */
  protected abstract String diagram();
}
