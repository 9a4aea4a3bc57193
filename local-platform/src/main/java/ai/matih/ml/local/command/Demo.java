package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Walks one model from raw data to a governed prediction, through the public door of the running
 * platform.
 */
final class Demo {

  private final Home home;
  private final Path root;
  private final Arguments arguments;

  Demo(Home home, Path root, Arguments arguments) {
    this.home = home;
    this.root = root;
    this.arguments = arguments;
  }

  int run() throws IOException, InterruptedException {
    var state = new Up(home, root, arguments).ensure();
    return Program.run(
        home,
        state,
        root.resolve("acceptance/target/acceptance.jar"),
        "ai.matih.ml.acceptance.demo.Demo",
        arguments.words());
  }
}
