package ai.matih.ml.local.command;

import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.install.PythonEnvironment;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the tests: builds once, starts a platform of its own whose engines all modules share, runs
 * Maven and the checks of the Python projects, and always stops that platform again.
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
      outcome = outcome.plus(python(Optional.empty()));
    } else {
      var own = home.beside("test");
      new Reset(own).delete();
      try {
        if (!maven(List.of("package", "-DskipTests", "--quiet"), Optional.empty())) {
          throw new Refused("The build failed.");
        }
        var platform = up(own);
        mavenPassed = maven(goals(words), Optional.of(own));
        if (words.contains("all")) {
          outcome = outcome.plus(python(Optional.of(platform)));
        }
      } finally {
        if (!arguments.has("keep")) {
          new Reset(own).delete();
        }
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

  private PlatformState up(Home own) throws IOException, InterruptedException {
    var offset = arguments.number("port-offset").orElseGet(() -> FreePorts.offset(FIRST_OFFSET));
    var options = Map.of("port-offset", Integer.toString(offset));
    return new Up(own, root, new Arguments("up", List.of(), options), false).ensure();
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
    return run(command, root, Map.of()) == 0;
  }

  /**
   * Lint, types and tests of every Python project; each check counts as one test, and pytest's
   * tests each as one.
   */
  private Tally python(Optional<PlatformState> platform) throws IOException, InterruptedException {
    var python =
        PythonEnvironment.ensure(home.cache(), line -> terminal.say("  " + line)).toString();
    var environment =
        Map.of(
            "MATIH_PLATFORM",
            platform.map(_ -> home.beside("test").state().toString()).orElse(""),
            "PYTHONDONTWRITEBYTECODE",
            "1");
    var sum = Tally.none();
    for (var project : pythonProjects()) {
      terminal.say("");
      terminal.say("Python project " + root.relativize(project));
      for (var check :
          List.of(
              List.of("ruff", "check"), List.of("ruff", "format", "--check"), List.of("mypy"))) {
        var command = new ArrayList<>(List.of(python, "-m"));
        command.addAll(check);
        if (check.getFirst().equals("ruff")) {
          command.add(".");
        }
        var passed = run(command, project, environment) == 0;
        terminal.say(String.join(" ", check) + (passed ? ": passed" : ": failed"));
        sum = sum.plus(Tally.one(passed));
      }
      sum = sum.plus(pytest(python, project, environment));
    }
    return sum;
  }

  /**
   * The tests' own report is counted with those of Maven; only a run that could not even start
   * counts here.
   */
  private Tally pytest(String python, Path project, Map<String, String> environment)
      throws IOException, InterruptedException {
    var name = root.relativize(project).toString().replace(File.separatorChar, '-');
    var report = root.resolve("target/pytest-reports/TEST-" + name + ".xml");
    Files.createDirectories(root.resolve("target/pytest-reports"));
    var command =
        List.of(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=" + report);
    var code = run(command, project, environment);
    var noTests = code == 5;
    return code == 0 || code == 1 || noTests ? Tally.none() : Tally.one(false);
  }

  private List<Path> pythonProjects() throws IOException {
    var projects = new ArrayList<Path>();
    try (var folders = Files.list(root)) {
      for (var folder : folders.filter(Files::isDirectory).sorted().toList()) {
        for (var place : List.of("", "src/main/python")) {
          var project = folder.resolve(place);
          if (Files.exists(project.resolve("pyproject.toml"))) {
            projects.add(project);
          }
        }
      }
    }
    return projects;
  }

  private static int run(List<String> command, Path folder, Map<String, String> environment)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).directory(folder.toFile()).inheritIO();
    builder.environment().putAll(environment);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder.start().waitFor();
  }
}
