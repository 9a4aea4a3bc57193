package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.install.Installation;
import java.io.Console;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Stops the platform and deletes its data, keys and logs. Installed programs stay. */
@Command(name = "reset", description = "delete this platform's data")
final class Reset implements Callable<Integer> {

  private final Ml ml;

  @Option(
      names = {"-y", "--yes"},
      description = "without asking")
  private boolean confirmed;

  Reset(Ml ml) {
    this.ml = ml;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var home = ml.home();
    if (!confirmed && !confirm(home)) {
      System.out.println("Nothing was deleted.");
      return 1;
    }
    delete(home);
    System.out.println("Deleted the data of " + home.folder() + ".");
    return 0;
  }

  static void delete(Home home) throws IOException, InterruptedException {
    new PlatformStop(home).stop();
    for (var path :
        List.of(
            home.data(),
            home.run(),
            home.logs(),
            home.keys(),
            home.sockets(),
            home.credentials(),
            home.adminKey(),
            home.settings(),
            home.state())) {
      Installation.delete(path);
    }
  }

  private static boolean confirm(Home home) {
    var console =
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .orElseThrow(
                () ->
                    new Refused(
                        "This deletes all data in " + home.folder() + ". Add --yes to say so."));
    var answer = console.readLine("Delete all data, models and keys in %s? [y/N] ", home.folder());
    return Optional.ofNullable(answer).orElse("").strip().toLowerCase(Locale.ROOT).startsWith("y");
  }
}
