package ai.matih.ml.common.lifecycle;

import static ai.matih.ml.common.lifecycle.MoveTests.Door.CLOSED;
import static ai.matih.ml.common.lifecycle.MoveTests.Door.GONE;
import static ai.matih.ml.common.lifecycle.MoveTests.Door.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A table of moves ... */
class MoveTests extends MoveTableContract<MoveTests.Door, MoveTests.DoorMove> {

  enum Door implements Phase {
    OPEN,
    CLOSED,
    GONE;

    @Override
    public boolean isOver() {
      return this == GONE;
    }
  }

  enum DoorMove implements Move<Door> {
    SHUT(Move.to(CLOSED, "somebody pushes", OPEN)),
    OPENED(Move.to(OPEN, "somebody pulls", CLOSED)),
    TAKEN_AWAY(Move.to(GONE, "the house goes", OPEN, CLOSED));

    @SuppressWarnings("ImmutableEnumChecker") // never changed
    private final Line<Door> line;

    DoorMove(Line<Door> line) {
      this.line = line;
    }

    @Override
    public Line<Door> line() {
      return line;
    }
  }

  MoveTests() {
    super(
        DoorMove.class,
        OPEN,
        List.of(
            new Step<>(OPEN, DoorMove.SHUT, CLOSED),
            new Step<>(CLOSED, DoorMove.OPENED, OPEN),
            new Step<>(OPEN, DoorMove.TAKEN_AWAY, GONE),
            new Step<>(CLOSED, DoorMove.TAKEN_AWAY, GONE)));
  }

  @Override
  protected String diagram() {
    return Move.diagram(DoorMove.class, OPEN, "built");
  }

  @Test
  void draws_itself() {
    assertThat(diagram())
        .isEqualTo(
            """
            stateDiagram-v2
              [*] --> open: built
              open --> closed: shut (somebody pushes)
              closed --> open: opened (somebody pulls)
              open --> gone: taken away (the house goes)
              closed --> gone: taken away (the house goes)
              gone --> [*]
            """);
  }
}
