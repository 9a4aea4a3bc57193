package ai.matih.ml.local.install;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The virtual environment with Ray, MLflow and Feast, made from the lock file with every hash
 * checked. It is keyed by the lock and the interpreter, so a changed lock makes a new one and an
 * old one stays usable.
 */
public final class PythonEnvironment {

  private static final long SPACE_NEEDED = 5L << 30;

  private PythonEnvironment() {}

  /**
   * The interpreter of the environment; makes it first when needed. {@code MATIH_ML_PYTHON_ENV}
   * names a ready one instead.
   */
  public static Path ensure(Cache cache, Progress progress) throws InterruptedException {
    var named = System.getenv("MATIH_ML_PYTHON_ENV");
    if (named != null && !named.isBlank()) {
      return interpreter(Path.of(named).toAbsolutePath());
    }
    return ensure(cache, "python-", lock("requirements.lock"), progress);
  }

  /**
   * The interpreter of a test's own environment, apart from that of the platform, made as it is.
   *
   * @param name what it is for
   * @param lock names everything that is in it, with hashes
   */
  public static Path ensureOther(Cache cache, String name, Path lock, Progress progress)
      throws IOException, InterruptedException {
    return ensure(cache, "python-" + name + "-", Files.readAllBytes(lock), progress);
  }

  private static Path ensure(Cache cache, String name, byte[] lock, Progress progress)
      throws InterruptedException {
    var known = known(cache, name, lock);
    if (known != null) {
      return known;
    }
    var base = PythonInterpreter.find();
    var environment =
        cache
            .installation(name + key(lock, base.version()))
            .ensure(progress, folder -> install(folder, base, lock, progress));
    return interpreter(environment);
  }

  /** Looks for a finished environment without asking any interpreter, which costs a second. */
  private static @org.jspecify.annotations.Nullable Path known(
      Cache cache, String name, byte[] lock) {
    for (var version : List.of("3.11", "3.12", "3.13")) {
      var installation = cache.installation(name + key(lock, version));
      var interpreter = interpreter(installation.folder());
      if (installation.complete() && Files.isExecutable(interpreter)) {
        return interpreter;
      }
    }
    return null;
  }

  private static void install(Path folder, PythonInterpreter base, byte[] lock, Progress progress)
      throws IOException, InterruptedException {
    requireSpace(folder);
    progress.report(
        "making a Python %s environment in %s (that of the platform is about 2 GB), once"
            .formatted(base.version(), folder));
    run(
        List.of(base.executable().toString(), "-I", "-m", "venv", folder.toString()),
        folder,
        progress);
    var python = interpreter(folder).toString();
    var bootstrap = folder.resolve("bootstrap.lock");
    var requirements = folder.resolve("requirements.lock");
    Files.write(bootstrap, lock("bootstrap.lock"));
    Files.write(requirements, lock);
    run(
        List.of(
            python,
            "-I",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "--only-binary=:all:",
            "-r",
            bootstrap.toString()),
        folder,
        progress);
    run(
        List.of(
            python,
            "-I",
            "-m",
            "uv",
            "pip",
            "install",
            "--python",
            python,
            "--require-hashes",
            "--compile-bytecode",
            "-r",
            requirements.toString()),
        folder,
        progress);
  }

  private static void requireSpace(Path folder) throws IOException {
    var free = Files.getFileStore(folder).getUsableSpace();
    if (free < SPACE_NEEDED) {
      throw new IOException(
          "The Python environment needs 5 GB while it is made, but only %.1f GB are free at %s. Free some, or choose another place by MATIH_ML_CACHE."
              .formatted(free / (double) (1 << 30), folder));
    }
  }

  /**
   * Runs a step, passes on the lines that show progress, and shows the rest only when the step
   * fails.
   */
  private static void run(List<String> command, Path folder, Progress progress)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("PYTHON") || name.equals("VIRTUAL_ENV"));
    var process = builder.start();
    var last = new ArrayDeque<String>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (last.size() == 20) {
          last.remove();
        }
        last.add(line);
        if (showsProgress(line)) {
          progress.report(line.strip());
        }
      }
      if (process.waitFor() != 0) {
        throw new IOException(
            "%s failed; check the network and run the command again:%n%s"
                .formatted(String.join(" ", command), String.join("\n", last)));
      }
    } finally {
      process.destroyForcibly();
    }
  }

  static boolean showsProgress(String line) {
    var text = line.strip().toLowerCase(Locale.ROOT);
    return List.of(
            "downloading ",
            "downloaded ",
            "prepared ",
            "installed ",
            "resolved ",
            "bytecode compiled ")
        .stream()
        .anyMatch(text::startsWith);
  }

  private static Path interpreter(Path environment) {
    return environment.resolve("bin").resolve("python");
  }

  private static byte[] lock(String name) {
    try (var resource =
        PythonEnvironment.class.getResourceAsStream("/ai/matih/ml/local/python/" + name)) {
      return Objects.requireNonNull(resource, name).readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static String key(byte[] lock, String version) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(lock);
      return version + "-" + HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
