package ai.matih.ml.local.install;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A Python that can make virtual environments. */
public record PythonInterpreter(Path executable, int major, int minor) {

  private static final int OLDEST_MINOR = 11;

  /** Best known first: the lock is made and tested with 3.11. */
  private static final List<String> NAMES =
      List.of("python3.11", "python3.12", "python3.13", "python3", "python");

  /** Answers for one executable; empty when it does not run or cannot make environments. */
  @FunctionalInterface
  interface Probe {
    Optional<PythonInterpreter> ask(Path executable);
  }

  public String version() {
    return major + "." + minor;
  }

  boolean suitable() {
    return major == 3 && minor >= OLDEST_MINOR && minor <= 13;
  }

  /** {@code MATIH_PYTHON}, or the first suitable one on the path and in the usual places. */
  public static PythonInterpreter find() {
    var named = Optional.ofNullable(System.getenv("MATIH_PYTHON")).filter(text -> !text.isBlank());
    var candidates =
        named
            .map(text -> List.of(Path.of(text)))
            .orElseGet(
                () ->
                    candidates(
                        System.getenv().getOrDefault("PATH", ""),
                        Path.of(System.getProperty("user.home"))));
    return choose(candidates, PythonInterpreter::probe)
        .orElseThrow(() -> new MissingPython(named.map(Path::of)));
  }

  static Optional<PythonInterpreter> choose(List<Path> candidates, Probe probe) {
    return candidates.stream()
        .flatMap(candidate -> probe.ask(candidate).stream())
        .filter(PythonInterpreter::suitable)
        .findFirst();
  }

  /** Every place where an interpreter may be, best first. */
  static List<Path> candidates(String path, Path userHome) {
    var folders = new LinkedHashSet<Path>();
    Arrays.stream(path.split(File.pathSeparator))
        .filter(text -> !text.isBlank())
        .map(Path::of)
        .forEach(folders::add);
    folders.addAll(
        List.of(Path.of("/usr/bin"), Path.of("/usr/local/bin"), Path.of("/opt/homebrew/bin")));
    folders.addAll(versions(userHome.resolve(".pyenv/versions")));
    folders.addAll(versions(userHome.resolve(".local/share/uv/python")));
    var found = new ArrayList<Path>();
    for (var name : NAMES) {
      for (var folder : folders) {
        var executable = folder.resolve(name);
        if (Files.isExecutable(executable)) {
          found.add(executable);
        }
      }
    }
    return found;
  }

  private static List<Path> versions(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var entries = Files.list(folder)) {
      return entries
          .map(entry -> entry.resolve("bin"))
          .filter(Files::isDirectory)
          .sorted()
          .toList();
    } catch (IOException _) {
      return List.of();
    }
  }

  private static Optional<PythonInterpreter> probe(Path executable) {
    var question =
        "import sys, venv, ensurepip, ssl, sqlite3; print(sys.version_info[0], sys.version_info[1])";
    try {
      var process =
          new ProcessBuilder(executable.toString(), "-I", "-c", question)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        return Optional.empty();
      }
      var numbers = answer.split(" ");
      return Optional.of(
          new PythonInterpreter(
              executable, Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1])));
    } catch (IOException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
