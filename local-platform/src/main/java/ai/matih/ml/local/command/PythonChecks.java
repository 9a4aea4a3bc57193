package ai.matih.ml.local.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lint, types and tests of the Python code in all modules. Each check counts as one test; pytest's
 * own report is counted with those of Maven.
 */
final class PythonChecks {

  private static final int NO_TESTS = 5;

  private final Path root;
  private final Path python;
  private final Terminal terminal;

  PythonChecks(Path root, Path python, Terminal terminal) {
    this.root = root;
    this.python = python;
    this.terminal = terminal;
  }

  Tally run() throws IOException, InterruptedException {
    var sum = Tally.none();
    List<Path> modules;
    try (var folders = Files.list(root)) {
      modules = folders.filter(Files::isDirectory).sorted().toList();
    }
    for (var module : modules) {
      var project = project(module);
      if (project.isPresent()) {
        terminal.say("");
        terminal.say("Python of " + module.getFileName());
        sum = sum.plus(check(module, project.get()));
      }
    }
    return sum;
  }

  /** The folder with the project's settings: the module's own, or that of its code. */
  private static Optional<Path> project(Path module) {
    return Stream.of(module, module.resolve("src/main/python"))
        .filter(folder -> Files.exists(folder.resolve("pyproject.toml")))
        .findFirst();
  }

  private Tally check(Path module, Path project) throws IOException, InterruptedException {
    var sources =
        Stream.of("src/main/python", "src/test/python")
            .filter(folder -> Files.isDirectory(module.resolve(folder)))
            .toList();
    return check("ruff check", module, sources)
        .plus(check("ruff format --check", module, sources))
        .plus(check("mypy", project, packages(module)))
        .plus(pytest(module, project));
  }

  private Tally check(String check, Path folder, List<String> sources)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(python.toString(), "-m"));
    command.addAll(List.of(check.split(" ")));
    command.addAll(sources);
    var passed = Program.run(command, folder, Map.of()) == 0;
    terminal.say(check + (passed ? ": passed" : ": failed"));
    return Tally.one(passed);
  }

  private static List<String> packages(Path module) throws IOException {
    try (var entries = Files.list(module.resolve("src/main/python"))) {
      return entries
          .filter(entry -> Files.exists(entry.resolve("__init__.py")))
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }

  /**
   * The tests themselves are counted from the report; a run that could not even start counts here.
   */
  private Tally pytest(Path module, Path project) throws IOException, InterruptedException {
    var reports = Files.createDirectories(root.resolve("target/pytest-reports"));
    var report = reports.resolve("TEST-" + module.getFileName() + ".xml");
    var code =
        Program.run(
            List.of(
                python.toString(),
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "--junitxml=" + report),
            project,
            Map.of("PYTHONDONTWRITEBYTECODE", "1"));
    return code == 0 || code == 1 || code == NO_TESTS ? Tally.none() : Tally.one(false);
  }
}
