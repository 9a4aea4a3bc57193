package ai.matih.ml.registry.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every move of the table is made, and every other is refused. */
class MovesTests {

  private record Pair(Stage from, Stage to) {}

  /** How to make each move; version 2 is the one that moves. */
  private static final Map<Pair, Function<World, Transition>> WAYS =
      Map.of(
          new Pair(Stage.DEVELOPMENT, Stage.STAGING),
          world -> {
            world.checked(world.has(2, Stage.DEVELOPMENT));
            return world.promote(World.ALICE, 2, Stage.STAGING);
          },
          new Pair(Stage.STAGING, Stage.PRODUCTION),
          world -> {
            world.has(1, Stage.PRODUCTION);
            ModelVersion version = world.has(2, Stage.STAGING);
            world.played(version);
            world.better(version);
            Transition open = world.promote(World.ALICE, 2, Stage.PRODUCTION);
            assertThat(open.state()).isEqualTo(TransitionState.PENDING);
            return world.approve("user:bob", open);
          },
          new Pair(Stage.PRODUCTION, Stage.ARCHIVED),
          world -> {
            world.has(3, Stage.PRODUCTION);
            world.superseded(2);
            return world.promote(World.ALICE, 2, Stage.ARCHIVED);
          },
          new Pair(Stage.STAGING, Stage.ARCHIVED),
          world -> {
            world.has(2, Stage.STAGING);
            return world.promote(World.OWNER, 2, Stage.ARCHIVED);
          },
          new Pair(Stage.DEVELOPMENT, Stage.ARCHIVED),
          world -> {
            world.has(2, Stage.DEVELOPMENT);
            return world.promote(World.OWNER, 2, Stage.ARCHIVED);
          },
          new Pair(Stage.PRODUCTION, Stage.STAGING),
          world -> {
            world.superseded(1);
            world.deployed(1, 0);
            world.has(2, Stage.PRODUCTION);
            return world.promote(World.ALICE, 2, Stage.STAGING);
          });

  static Stream<Move> moves() {
    return Moves.TABLE.stream();
  }

  @ParameterizedTest
  @MethodSource("moves")
  void a_move_of_the_table_is_made(Move move) {
    Function<World, Transition> way = WAYS.get(new Pair(move.from(), move.to()));
    assertThat(way).as("nobody tried " + move).isNotNull();
    World world = new World();

    Transition transition = way.apply(world);

    assertThat(transition.state()).isEqualTo(TransitionState.COMPLETED);
    assertThat(transition.conditions()).hasSameSizeAs(move.guards()).allMatch(Condition::opens);
    assertThat(world.stage(2)).isEqualTo(move.to());
    assertThat(world.events.sent).contains("2=" + move.to().wire(), "mirror");
    assertThat(world.audit.actions).contains("stage.changed", "transition.completed");
    assertThat(world.history.at(transition.model(), world.now()))
        .filteredOn(period -> period.version().value() == 2)
        .singleElement()
        .satisfies(
            period -> {
              assertThat(period.stage()).isEqualTo(move.to());
              assertThat(period.transition()).contains(transition.id());
            });
  }

  @Test
  void nothing_is_tried_that_is_not_in_the_table() {
    Set<Pair> table = new HashSet<>();
    Moves.TABLE.forEach(move -> table.add(new Pair(move.from(), move.to())));
    assertThat(table).hasSameSizeAs(Moves.TABLE).isEqualTo(WAYS.keySet());
  }

  static Stream<Arguments> impossible() {
    List<Arguments> pairs = new ArrayList<>();
    for (Stage from : Stage.values()) {
      for (Stage to : Stage.values()) {
        if (Moves.find(from, to).isEmpty()) {
          pairs.add(Arguments.of(from, to));
        }
      }
    }
    assertThat(pairs).hasSize(16 - Moves.TABLE.size());
    return pairs.stream();
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void another_move_is_refused_with_its_reason_and_the_dry_run_agrees(Stage from, Stage to) {
    World world = new World();
    ModelVersion version = world.has(2, from);
    world.checked(version);
    world.played(version);

    for (boolean dry : List.of(true, false)) {
      assertThatThrownBy(
              () -> {
                if (dry) {
                  world.dryRun(World.OWNER, 2, to);
                } else {
                  world.promote(World.OWNER, 2, to);
                }
              })
          .isInstanceOfSatisfying(
              Problem.class,
              problem -> {
                assertThat(problem.error()).isEqualTo(RegistryError.ILLEGAL_TRANSITION);
                assertThat(problem.detail()).isEqualTo(Moves.whyNot(from, to)).isNotBlank();
              });
    }
    assertThat(world.stage(2)).isEqualTo(from);
    assertThat(world.audit.actions).contains("promotion.refused").doesNotContain("stage.changed");
  }

  @Test
  void the_drawn_table_in_the_docs_is_this_one() throws IOException {
    assertPageHas("```mermaid\n", Moves.diagram(), "```\n");
  }

  /** What is never overridden of a version that nothing is known about. */
  @Test
  void the_page_says_what_nobody_overrides() throws IOException {
    World world = new World();
    Facts nothingKnown = world.facts(world.has(2, Stage.DEVELOPMENT));
    Map<String, String> why = new TreeMap<>();
    Stream.concat(Moves.TABLE.stream(), Stream.of(Moves.retirement(Stage.PRODUCTION)))
        .flatMap(move -> move.guards().stream())
        .forEach(
            guard ->
                guard
                    .neverOverridden(nothingKnown)
                    .ifPresent(reason -> why.put(guard.type(), reason)));
    assertThat(why).hasSizeGreaterThan(5).containsKey("TrafficDrained");
    String table =
        why.entrySet().stream()
            .map(one -> "| `%s` | %s |\n".formatted(one.getKey(), one.getValue()))
            .collect(Collectors.joining("", "| condition | why never |\n|---|---|\n", ""));
    assertPageHas("<!-- never-overridden -->\n", table, "<!-- /never-overridden -->\n");
  }

  /** Written anew with {@code -Ddocs.update=true}. */
  private static void assertPageHas(String begin, String content, String end) throws IOException {
    Path page = Path.of("../docs/concepts/stages-and-gates.md");
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(
          page,
          Files.readString(page)
              .replaceFirst(
                  "(?s)" + Pattern.quote(begin) + ".*?" + Pattern.quote(end),
                  Matcher.quoteReplacement(begin + content + end)));
    }
    assertThat(Files.readString(page)).contains(begin + content + end);
  }
}
