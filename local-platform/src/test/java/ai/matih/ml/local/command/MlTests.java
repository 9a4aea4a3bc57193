package ai.matih.ml.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class MlTests {

  private static final String HELP = Ml.commandLine().getUsageMessage(CommandLine.Help.Ansi.OFF);

  private final StringWriter refused = new StringWriter();

  @TempDir private Path folder;

  private int run(String... typed) {
    return Ml.commandLine().setErr(new PrintWriter(refused)).execute(typed);
  }

  private static Map<String, CommandLine> commands() {
    return Ml.commandLine().getSubcommands();
  }

  private static Object option(String name, String... typed) {
    return Ml.commandLine()
        .parseArgs(typed)
        .subcommand()
        .matchedOptionValue(name, (Object) "not given");
  }

  @Test
  void the_home_may_stand_before_and_after_the_command() {
    assertThat(run("--home", folder.toString(), "logs")).isEqualTo(1);
    assertThat(run("logs", "--home=" + folder)).isEqualTo(1);
    assertThat(refused.toString().lines())
        .containsExactly(
            "Nothing has run in " + folder + ". ./ml up",
            "Nothing has run in " + folder + ". ./ml up");
  }

  @Test
  void options_stand_anywhere_after_the_command_and_in_both_forms() {
    assertThat(option("--port", "up", "--port=8080", "--no-checks")).isEqualTo(8080);
    assertThat(option("--port", "up", "--no-checks", "--port", "8080")).isEqualTo(8080);
    assertThat(option("--only", "up", "--only", "s3,ray")).isEqualTo(List.of("s3", "ray"));
    assertThat(option("--lines", "logs", "ray", "-f", "-n", "5")).isEqualTo(5);
    assertThat(option("--follow", "logs", "ray", "-f", "-n", "5")).isEqualTo(true);
  }

  @Test
  void the_last_one_of_an_option_counts() {
    assertThat(option("--port", "up", "--port", "1", "--port", "2")).isEqualTo(2);
  }

  @Test
  void words_after_the_command_are_kept_in_order() {
    assertThat(
            Ml.commandLine()
                .parseArgs("test", "acceptance", "--keep", "ml-api")
                .subcommand()
                .matchedPositionalValue(0, List.<String>of()))
        .containsExactly("acceptance", "ml-api");
  }

  @Test
  void nothing_typed_and_any_wish_for_help_end_well() {
    assertThat(run()).isZero();
    assertThat(run("help")).isZero();
    assertThat(run("-h")).isZero();
    assertThat(run("up", "--help")).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          fly                       | There is no command fly
          down --port 1             | ./ml down has no option --port; it has [--help, --home]
          down now                  | ./ml down does not know what to do with now
          up --port                 | Missing required parameter for option '--port' (N)
          up --port many            | --port needs a number, not many
          reset --yes=no            | --yes takes no value
          key --expires-in tomorrow | --expires-in needs an ISO duration such as PT24H or P30D, not tomorrow
          bench                     | "./ml bench startup | door | registry | serving | features"
          verify-bundle nothing.zip | FILE names no file: nothing.zip
          verify-bundle             | Missing required parameter: 'FILE'
          """)
  void what_is_wrongly_typed_ends_with_two_and_a_sentence(String typed, String sentence) {

    assertThat(run(typed.split(" "))).isEqualTo(2);
    assertThat(refused.toString().lines()).containsExactly(sentence, "See ./ml help");
  }

  @Test
  void the_help_lists_every_command_with_its_options() {
    assertThat(HELP).startsWith("./ml runs the whole suite").contains("--home FOLDER");
    commands()
        .forEach(
            (name, command) -> {
              if (name.equals("supervise")) {
                assertThat(HELP).doesNotContain(name);
                return;
              }
              assertThat(HELP).contains("\n  " + name + " ");
              command.getCommandSpec().options().stream()
                  .filter(option -> !option.inherited())
                  .forEach(option -> assertThat(HELP).contains(option.names()));
            });
    assertThat(HELP.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(121));
  }

  @Test
  void the_shell_part_knows_the_same_commands() throws IOException {
    var script = Files.readString(Path.of("../ml"));
    var known = Pattern.compile("commands=\" (.*) \"").matcher(script).results().toList();

    assertThat(known).hasSize(1);
    assertThat(known.getFirst().group(1).split(" "))
        .containsExactlyInAnyOrderElementsOf(commands().keySet());
    assertThat(script).doesNotContain("--port", "--tenant", "--lines");
  }
}
