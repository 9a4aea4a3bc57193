package ai.matih.ml.common.lifecycle;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * One move that a thing with a lifecycle can make. An enum of them is the whole table: there is no
 * other move.
 */
public interface Move<S extends Enum<S> & Phase> {

  /**
   * A line of the table.
   *
   * @param when the move is made, in words, for the diagram
   */
  record Line<S extends Enum<S> & Phase>(S to, String when, Set<S> from) {}

  /** A line that leads from any of these states to another. */
  @SafeVarargs
  static <S extends Enum<S> & Phase> Line<S> to(S to, String when, S first, S... more) {
    EnumSet<S> from = EnumSet.of(first);
    for (S one : more) {
      from.add(one);
    }
    return new Line<>(to, when, from);
  }

  String name();

  Line<S> line();

  default boolean allowedFrom(S state) {
    return line().from().contains(state);
  }

  /**
   * Where the move leads from here.
   *
   * @throws IllegalStateException where the table has no such line
   */
  default S from(S state) {
    if (!allowedFrom(state)) {
      throw new IllegalStateException("%s cannot be %s".formatted(state, name()));
    }
    return line().to();
  }

  /**
   * The table as a Mermaid state diagram.
   *
   * @param begins what makes the thing
   */
  static <S extends Enum<S> & Phase, M extends Enum<M> & Move<S>> String diagram(
      Class<M> table, S first, String begins) {
    StringBuilder diagram =
        new StringBuilder(
            "stateDiagram-v2\n  [*] --> %s: %s\n".formatted(first.wireName(), begins));
    for (M move : table.getEnumConstants()) {
      for (S start : move.line().from()) {
        diagram.append(
            "  %s --> %s: %s (%s)\n"
                .formatted(
                    start.wireName(),
                    move.line().to().wireName(),
                    move.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    move.line().when()));
      }
    }
    for (S state : first.getDeclaringClass().getEnumConstants()) {
      if (state.isOver()) {
        diagram.append("  %s --> [*]\n".formatted(state.wireName()));
      }
    }
    return diagram.toString();
  }
}
