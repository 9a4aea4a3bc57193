package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.install.Installation;
import java.io.Console;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Stops the platform and deletes its data, keys and logs. Installed programs stay. */
final class Reset {

  private final Home home;

  Reset(Home home) {
    this.home = home;
  }

  int run(boolean confirmed) throws IOException, InterruptedException {
    if (!confirmed && !confirm()) {
      System.out.println("Nothing was deleted.");
      return 1;
    }
    delete();
    System.out.println("Deleted the data of " + home.folder() + ".");
    return 0;
  }

  void delete() throws IOException, InterruptedException {
    var state = PlatformState.read(home.state());
    if (state.isPresent()) {
      new Down(home).stop(state.get());
    }
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

  private boolean confirm() {
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
