package ai.matih.ml.local.command;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** All commands with their own options on one screen, from what the commands say of themselves. */
final class CommandList {

  private static final String INDENT = "                 ";

  private CommandList() {}

  static String render(Help ml) {
    return ml.subcommands().values().stream()
        .filter(command -> !command.commandSpec().usageMessage().hidden())
        .flatMap(CommandList::lines)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static Stream<String> lines(Help command) {
    var spec = command.commandSpec();
    var description = spec.usageMessage().description();
    return Stream.of(
            Stream.of("  %-14s %s".formatted(spec.name(), String.format(description[0]))),
            Arrays.stream(description).skip(1).map(line -> INDENT + String.format(line)),
            spec.positionalParameters().stream().map(CommandList::line),
            spec.options().stream().filter(option -> !option.inherited()).map(CommandList::line))
        .flatMap(lines -> lines);
  }

  private static String line(PositionalParamSpec word) {
    return line(word.paramLabel(), word.description());
  }

  private static String line(OptionSpec option) {
    var names = String.join(", ", option.names());
    return line(
        option.arity().max() == 0 ? names : names + " " + option.paramLabel(),
        option.description());
  }

  private static String line(String typed, String[] description) {
    return INDENT + "  %-18s %s".formatted(typed, String.join(" ", description));
  }
}
