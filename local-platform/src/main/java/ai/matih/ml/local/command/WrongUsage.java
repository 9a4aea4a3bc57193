package ai.matih.ml.local.command;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What was typed cannot be done; the message says what can. */
final class WrongUsage extends RuntimeException {

  WrongUsage(String message) {
    super(message);
  }

  /** What is wrong with what was typed, in our words where picocli's are harder to read. */
  static @Nullable String sentence(ParameterException wrong) {
    var command = wrong.getCommandLine().getCommandSpec();
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      var text = unmatched.getUnmatched().getFirst();
      if (unmatched.isUnknownOption()) {
        return "%s has no option %s; it has %s"
            .formatted(
                command.qualifiedName(),
                text.split("=", 2)[0],
                new TreeSet<>(command.options().stream().map(OptionSpec::longestName).toList()));
      }
      return command.parent() == null
          ? "There is no command " + text
          : "%s does not know what to do with %s".formatted(command.qualifiedName(), text);
    }
    if (wrong.getArgSpec() == null
        || !(wrong.getCause() instanceof TypeConversionException reason)) {
      return wrong.getMessage();
    }
    var typed = wrong.getArgSpec();
    var name = typed instanceof OptionSpec option ? option.longestName() : typed.paramLabel();
    return name + " " + (typed.arity().max() == 0 ? "takes no value" : reason.getMessage());
  }

  static Integer number(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException _) {
      throw new TypeConversionException("needs a number, not " + text);
    }
  }

  static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException _) {
      throw new TypeConversionException("needs an ISO duration such as PT24H or P30D, not " + text);
    }
  }
}
