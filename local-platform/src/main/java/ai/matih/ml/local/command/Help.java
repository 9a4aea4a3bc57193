package ai.matih.ml.local.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists the commands a person needs. */
@Command(name = "help", description = "this text")
final class Help implements Callable<Integer> {

  private final Ml ml;

  Help(Ml ml) {
    this.ml = ml;
  }

  @Override
  public Integer call() {
    return ml.call();
  }
}
