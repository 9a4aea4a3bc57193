package ai.matih.ml.local.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stops everything. Repeatable. */
@Command(name = "down", description = "stop everything")
final class Down implements Callable<Integer> {

  private final Ml ml;

  Down(Ml ml) {
    this.ml = ml;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var stopped = new PlatformStop(ml.home()).stop();
    new Terminal().say(stopped ? "Stopped." : "Nothing has run in " + ml.home().folder() + ".");
    return 0;
  }
}
