package ai.matih.ml.local.command;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_DESCRIPTION;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.install.MissingPython;
import ai.matih.ml.verifier.VerifyBundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The entry point behind {@code ./ml}. Exit codes: 0 done, 1 failed, 2 wrongly typed. */
@Command(
    name = "./ml",
    description =
        "./ml runs the whole suite on this machine. It needs JDK 25 and Python 3.11 to 3.13.%n",
    footer = {
      "",
      "All commands: --home FOLDER, default MATIH_ML_HOME or ~/.matih-ml; --help tells more of one.",
      "MATIH_PYTHON names a Python, MATIH_MINIO a MinIO program, MATIH_ML_CACHE the folder of installed programs."
    })
public final class Ml implements Callable<Integer> {

  private static final int WIDTH = 120;

  @Option(
      names = "--home",
      paramLabel = "FOLDER",
      description = "the platform's folder, default MATIH_ML_HOME or ~/.matih-ml",
      scope = ScopeType.INHERIT)
  private @Nullable Path home;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "this text",
      scope = ScopeType.INHERIT)
  @SuppressWarnings("UnusedVariable") // read by picocli
  private boolean help;

  private Ml() {}

  public static void main(String... typed) {
    System.exit(run(typed));
  }

  static int run(String... typed) {
    return commandLine().execute(typed);
  }

  /** The commands, in the order in which the help lists them. */
  static CommandLine commandLine() {
    var ml = new Ml();
    var line = new CommandLine(ml);
    line.getCommandSpec()
        .usageMessage()
        .sectionKeys(List.of(SECTION_KEY_DESCRIPTION, SECTION_KEY_COMMAND_LIST, SECTION_KEY_FOOTER))
        .sectionMap()
        .put(SECTION_KEY_COMMAND_LIST, CommandList::render);
    List.of(
            new Up(ml),
            new Demo(ml),
            new Status(ml),
            new Logs(ml),
            new Key(ml),
            new ClusterSecrets(),
            new Test(ml),
            new Bench(ml),
            new VerifyBundle(System.out),
            new Down(ml),
            new Reset(ml),
            new Help(ml),
            new Supervise(ml))
        .forEach(line::addSubcommand);
    return line.setOverwrittenOptionsAllowed(true)
        .setUsageHelpWidth(WIDTH)
        .registerConverter(Integer.class, WrongUsage::number)
        .registerConverter(Duration.class, WrongUsage::duration)
        .setParameterExceptionHandler((wrong, _) -> refused(line, WrongUsage.sentence(wrong)))
        .setExecutionExceptionHandler((failure, _, _) -> failed(line, failure));
  }

  @Override
  public Integer call() {
    commandLine().usage(System.out);
    return 0;
  }

  Home home() {
    return home == null ? Home.standard() : new Home(home);
  }

  /** The folder of the source tree; {@code ./ml} tells it. */
  Path root() {
    return Path.of(System.getProperty("matih.root", "")).toAbsolutePath();
  }

  private static int failed(CommandLine line, Exception failure) throws Exception {
    return switch (failure) {
      case WrongUsage wrong -> refused(line, wrong.getMessage());
      case IllegalArgumentException wrong -> refused(line, wrong.getMessage());
      case Refused _, MissingPython _, IllegalStateException _ -> {
        line.getErr().println(failure.getMessage());
        yield 1;
      }
      case IOException _, UncheckedIOException _ -> {
        line.getErr().println(describe(failure));
        yield 1;
      }
      case InterruptedException _ -> {
        Thread.currentThread().interrupt();
        yield 1;
      }
      default -> throw failure;
    };
  }

  private static int refused(CommandLine line, @Nullable String message) {
    line.getErr().println(message);
    line.getErr().println("See ./ml help");
    return 2;
  }

  private static String describe(Exception e) {
    var cause = e.getCause();
    var message = String.valueOf(e.getMessage());
    return cause == null || message.contains(String.valueOf(cause.getMessage()))
        ? message
        : message + ": " + cause.getMessage();
  }
}
