package ai.matih.ml.registry.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.registry.promotion.TransitionState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reads the sources, since nothing else knows every action that is audited. */
class EventTypesTests {

  private static final Pattern RECORD =
      Pattern.compile("\\b(?:audit|transactions)\\s*\\.\\s*record\\(\\s*([^,]+),", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("\"([a-z_]+\\.[a-z_]+)\"");

  /** The one action whose name is put together: how a transition ended. */
  private static final String ENDED =
      "\"transition.\" + how.name().toLowerCase(java.util.Locale.ROOT)";

  @Test
  void every_audited_action_has_an_event_or_is_silent_on_purpose() {
    List<String> actions = sources().flatMap(EventTypesTests::actions).distinct().sorted().toList();

    assertThat(actions).hasSizeGreaterThan(15).contains("stage.changed", "transition.expired");
    assertThat(actions)
        .as(
            "decide in EventTypes whether webhooks are told of it (with a stable name, docs/how-to/receive-webhooks.md) or not")
        .allMatch(EventTypes::isDecided);
  }

  @Test
  void names_of_events_are_documented() throws IOException {
    String page = Files.readString(Path.of("../docs/how-to/receive-webhooks.md"));
    assertThat(EventTypes.all()).allSatisfy(type -> assertThat(page).contains("`" + type + "`"));
    assertThat(page).contains("`" + EventTypes.PING + "`");
  }

  /** The names that a file's calls can record; where a call has a variable, all in the file. */
  private static Stream<String> actions(String source) {
    return RECORD
        .matcher(source)
        .results()
        .map(call -> call.group(1).replaceAll("\\s+", " ").strip())
        .flatMap(
            argument -> {
              if (argument.equals(ENDED)) {
                return Arrays.stream(TransitionState.values())
                    .filter(TransitionState::isOver)
                    .map(state -> "transition." + state.name().toLowerCase(Locale.ROOT));
              }
              List<String> named =
                  names(argument.matches("\\w+") ? source : argument)
                      .filter(name -> !name.endsWith(".refused"))
                      .toList();
              assertThat(named)
                  .as("the names of actions stand in the file that audits them: " + argument)
                  .isNotEmpty();
              return named.stream();
            });
  }

  private static Stream<String> names(String source) {
    return NAME.matcher(source).results().map(name -> name.group(1));
  }

  private static Stream<String> sources() {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          // It passes on what its callers name.
          .filter(file -> !file.endsWith("ModelTransactions.java"))
          .map(EventTypesTests::read)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
