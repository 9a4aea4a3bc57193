package ai.matih.ml.local.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Walks one model from raw data to a governed prediction, through the public door of the running
 * platform.
 */
@Command(
    name = "demo",
    description = "start if needed, then walk one model from raw data to a governed prediction")
final class Demo implements Callable<Integer> {

  private final Ml ml;

  @Mixin private StartOptions start = new StartOptions();

  /** What can be shown. */
  private enum Show {
    walk,
    tuning
  }

  @Parameters(
      arity = "0..1",
      defaultValue = "walk",
      description =
          "walk: a model's whole life (the default); tuning: a search for hyperparameters")
  private Show show = Show.walk;

  @Option(names = "--sample", description = "on each twentieth departure only, which is quicker")
  private boolean sample;

  Demo(Ml ml) {
    this.ml = ml;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var home = ml.home();
    var state = new PlatformStart(home, ml.root(), start).ensure();
    return Program.run(
        home,
        state,
        ml.root().resolve("acceptance/target/acceptance.jar"),
        "ai.matih.ml.acceptance.demo.Demo",
        arguments());
  }

  private List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (show == Show.tuning) {
      arguments.add("tuning");
    }
    if (sample) {
      arguments.add("--sample");
    }
    return arguments;
  }
}
