package ai.matih.ml.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** What Linux tells about processes beyond {@link ProcessHandle}; silent on other systems. */
final class Proc {

  private static final Path ROOT = Path.of("/proc");

  private Proc() {}

  static boolean available() {
    return Files.isReadable(ROOT.resolve("self/stat"));
  }

  /** True when the process has ended and only waits for its parent to notice. */
  static boolean zombie(long pid) {
    return stat(pid, 3).filter("Z"::equals).isPresent();
  }

  /** The session of a process; -1 when unknown. */
  static long session(long pid) {
    return stat(pid, 6).map(Long::parseLong).orElse(-1L);
  }

  /**
   * The value of a variable in the environment that the process was started with; empty when it has
   * none.
   */
  static String environment(long pid, String name) {
    try {
      var bytes = Files.readAllBytes(ROOT.resolve(pid + "/environ"));
      return Arrays.stream(new String(bytes, StandardCharsets.UTF_8).split("\0"))
          .filter(entry -> entry.startsWith(name + "="))
          .map(entry -> entry.substring(name.length() + 1))
          .findFirst()
          .orElse("");
    } catch (IOException _) {
      return "";
    }
  }

  static long residentBytes(long pid) {
    return kilobytes(ROOT.resolve(pid + "/status"), "VmRSS:");
  }

  static long proportionalBytes(long pid) {
    return kilobytes(ROOT.resolve(pid + "/smaps_rollup"), "Pss:");
  }

  /** Fields as numbered by proc(5); the command in parentheses may contain blanks. */
  private static Optional<String> stat(long pid, int number) {
    try {
      var line = Files.readString(ROOT.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
      return Optional.of(line.substring(line.lastIndexOf(')') + 2).split(" ")[number - 3].strip());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static long kilobytes(Path file, String label) {
    try (var lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith(label))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException _) {
      return 0;
    }
  }
}
