package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.install.PythonEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the tests: builds once, starts a platform of its own whose engines all modules share, runs
 * Maven and the checks of the Python projects, and always stops that platform again. What needs a
 * Kubernetes runs only when it is asked for.
 */
final class Test {

  private static final int FIRST_OFFSET = 1_000;

  private final Home home;
  private final Path root;
  private final Arguments arguments;
  private final Terminal terminal = new Terminal();

  Test(Home home, Path root, Arguments arguments) {
    this.home = home;
    this.root = root;
    this.arguments = arguments;
  }

  int run() throws IOException, InterruptedException {
    var words = arguments.words().isEmpty() ? List.of("all") : arguments.words();
    var began = Clock.systemUTC().instant();
    var outcome = Tally.none();
    var mavenPassed = true;
    if (words.equals(List.of("unit"))) {
      mavenPassed = maven(List.of("test"), Optional.empty());
      outcome = outcome.plus(python());
    } else if (words.getFirst().equals("kubernetes")) {
      mavenPassed = new KubernetesTests(home, root, terminal).run(words.subList(1, words.size()));
    } else {
      var own = home.beside("test");
      new Reset(own).delete();
      var teardown = new Thread(() -> tearDown(own), "teardown");
      Runtime.getRuntime().addShutdownHook(teardown);
      try {
        terminal.say("Building everything once, without tests");
        if (!maven(List.of("package", "-DskipTests"), Optional.empty())) {
          throw new Refused("The build failed.");
        }
        up(own);
        mavenPassed = maven(goals(words), Optional.of(own));
        if (words.contains("all")) {
          outcome = outcome.plus(python());
        }
      } finally {
        tearDown(own);
        Runtime.getRuntime().removeShutdownHook(teardown);
      }
    }
    outcome = outcome.plus(Tally.reports(root, began));
    if (!mavenPassed && outcome.failed() == 0) {
      // The build itself broke: a check that is not a test, or a module that did not compile.
      outcome = outcome.plus(Tally.one(false));
    }
    terminal.say("");
    terminal.say(outcome.line());
    return outcome.failed() == 0 && outcome.passed() > 0 ? 0 : 1;
  }

  /** Also runs when the person loses patience and interrupts. */
  private void tearDown(Home own) {
    if (arguments.has("keep")) {
      return;
    }
    try {
      new Reset(own).delete();
    } catch (IOException e) {
      terminal.say(
          "The test platform in " + own.folder() + " could not be removed: " + e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void up(Home own) throws IOException, InterruptedException {
    var offset = arguments.number("port-offset").orElseGet(() -> FreePorts.offset(FIRST_OFFSET));
    var options = Map.of("port-offset", Integer.toString(offset));
    new Up(own, root, new Arguments("up", List.of(), options), false).ensure();
  }

  private static List<String> goals(List<String> words) {
    var goals = new ArrayList<>(List.of("verify", "--fail-at-end"));
    if (!words.contains("all")) {
      goals.addAll(List.of("--projects", String.join(",", words), "--also-make"));
    }
    return goals;
  }

  private boolean maven(List<String> goals, Optional<Home> platform)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(root.resolve("mvnw").toString(), "-B", "-ntp"));
    command.addAll(goals);
    platform.ifPresent(own -> command.add("-Dmatih.platform=" + own.state()));
    return Program.run(command, root, Map.of()) == 0;
  }

  private Tally python() throws IOException, InterruptedException {
    var interpreter = PythonEnvironment.ensure(home.cache(), line -> terminal.say("  " + line));
    return new PythonChecks(root, interpreter, terminal).run();
  }
}
