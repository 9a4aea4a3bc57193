package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.install.PythonEnvironment;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Runs the tests: builds once, starts a platform of its own whose engines all modules share, runs
 * Maven and the checks of the Python projects, and always stops that platform again. What needs a
 * Kubernetes runs only when it is asked for.
 */
@Command(
    name = "test",
    description = {
      "run the tests on a platform of their own",
      "kubernetes [api] [node]: the charts on a Kubernetes that this machine runs itself, with",
      "simulated nodes and on a real one; builds it first, once, from sources (Go, 20 to 40 minutes)"
    })
final class Test implements Callable<Integer> {

  private static final int FIRST_OFFSET = 1_000;

  private final Ml ml;
  private final Terminal terminal = new Terminal();

  @Parameters(
      paramLabel = "WHICH",
      description = "unit, all (without a word), modules by name, or kubernetes")
  private List<String> words = List.of("all");

  @Option(names = "--keep", description = "leave that platform running afterwards")
  private boolean keep;

  @Option(names = "--port-offset", paramLabel = "N", description = "moves all ports")
  private @Nullable Integer offset;

  Test(Ml ml) {
    this.ml = ml;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var began = Clock.systemUTC().instant();
    var outcome = Tally.none();
    var mavenPassed = true;
    if (words.equals(List.of("unit"))) {
      mavenPassed = maven(List.of("test"), Optional.empty());
      outcome = outcome.plus(python());
    } else if (words.getFirst().equals("kubernetes")) {
      mavenPassed =
          new KubernetesTests(ml.home(), ml.root(), terminal).run(words.subList(1, words.size()));
    } else {
      var own = ml.home().beside("test");
      Reset.delete(own);
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
    outcome = outcome.plus(Tally.reports(ml.root(), began));
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
    if (keep) {
      return;
    }
    try {
      Reset.delete(own);
    } catch (IOException e) {
      terminal.say(
          "The test platform in " + own.folder() + " could not be removed: " + e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void up(Home own) throws IOException, InterruptedException {
    var options = StartOptions.atOffset(offset == null ? FreePorts.offset(FIRST_OFFSET) : offset);
    new PlatformStart(own, ml.root(), options, false).ensure();
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
    var command = new ArrayList<>(List.of(ml.root().resolve("mvnw").toString(), "-B", "-ntp"));
    command.addAll(goals);
    platform.ifPresent(own -> command.add("-Dmatih.platform=" + own.state()));
    return Program.run(command, ml.root(), Map.of()) == 0;
  }

  private Tally python() throws IOException, InterruptedException {
    var interpreter =
        PythonEnvironment.ensure(ml.home().cache(), line -> terminal.say("  " + line));
    return new PythonChecks(ml.root(), interpreter, terminal).run();
  }
}
