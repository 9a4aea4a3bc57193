package ai.matih.ml.local.command;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts everything and says how to go on. */
@Command(
    name = "up",
    description = "start everything: PostgreSQL, S3, Ray, MLflow, Feast and the five services")
final class Up implements Callable<Integer> {

  private final Ml ml;

  @Mixin private StartOptions start = new StartOptions();

  @Option(
      names = "--only",
      paramLabel = "a,b",
      split = ",",
      description = "only these parts and what they need")
  private List<String> parts = List.of();

  Up(Ml ml) {
    this.ml = ml;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var home = ml.home();
    new PlatformStart(home, ml.root(), start.only(parts)).ensure();
    new Welcome(home, new Terminal()).show();
    return 0;
  }
}
