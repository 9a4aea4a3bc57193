package ai.matih.ml.local.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process and everything it started, also what it has orphaned. Each family leader begins a
 * session of its own and carries a mark in its environment; descendants keep at least one of the
 * two.
 */
public final class ProcessFamily {

  /** Environment variable that marks every member. */
  public static final String MARK = "MATIH_ML_PROCESS";

  private static final Path PROC = Path.of("/proc");

  private final ProcessIdentity leader;
  private final String mark;

  public ProcessFamily(ProcessIdentity leader, String mark) {
    this.leader = leader;
    this.mark = mark;
  }

  /**
   * Kills whatever still carries a mark of this owner, of any name. For owners that died without
   * cleaning up; where the kernel does not show environments this finds nobody.
   */
  public static void stopAllOf(String owner) throws InterruptedException {
    for (var round = 0; round < 50; round++) {
      var left =
          ProcessHandle.allProcesses()
              .filter(handle -> mark(handle.pid()).startsWith(mark(owner, "")))
              .toList();
      if (left.isEmpty()) {
        return;
      }
      left.forEach(ProcessHandle::destroyForcibly);
      await(Duration.ofMillis(200), () -> left.stream().noneMatch(ProcessHandle::isAlive));
    }
  }

  /** The mark of one program; no owner's marks begin with those of another. */
  static String mark(String owner, String name) {
    return owner + "#" + name;
  }

  /** Every live member, the leader included. */
  public List<ProcessHandle> members() {
    // Descendants too: PostgreSQL's begin sessions of their own and overwrite their environment.
    var members =
        leader
            .find()
            .map(handle -> Stream.concat(Stream.of(handle), handle.descendants()))
            .orElseGet(Stream::empty);
    if (Files.isReadable(PROC.resolve("self/stat"))) {
      members = Stream.concat(members, sessionAndMarked());
    }
    return members.distinct().filter(ProcessHandle::isAlive).toList();
  }

  private Stream<ProcessHandle> sessionAndMarked() {
    // The number of a session stays taken while it has members: only a live stranger can carry it.
    boolean sessionIsOurs =
        leader.pid() > 1 && (leader.alive() || ProcessHandle.of(leader.pid()).isEmpty());
    return ProcessHandle.allProcesses()
        .filter(handle -> handle.pid() != ProcessHandle.current().pid())
        .filter(
            handle ->
                (sessionIsOurs && session(handle.pid()) == leader.pid())
                    || mark(handle.pid()).equals(mark));
  }

  /** Resident memory of all members in bytes; shared pages count once per member. */
  public long residentBytes() {
    return members().stream().mapToLong(handle -> resident(handle.pid())).sum();
  }

  /**
   * Proportional memory of all members in bytes: shared pages are divided among those who share
   * them.
   */
  public long proportionalBytes() {
    return members().stream().mapToLong(handle -> proportional(handle.pid())).sum();
  }

  /**
   * Asks the leader to end, then makes sure that nobody of the family is left. Repeatable.
   *
   * @param patience how long the leader may take before the whole family is killed
   */
  public void stop(StopSignal signal, Duration patience) throws InterruptedException {
    var handle = leader.find();
    if (handle.isPresent()) {
      signal(signal.name(), leader.pid());
      await(patience, () -> !leader.alive());
    }
    for (var round = 0; round < 50 && !members().isEmpty(); round++) {
      members().forEach(ProcessHandle::destroyForcibly);
      await(Duration.ofMillis(200), () -> members().isEmpty());
    }
  }

  private static void await(Duration patience, java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    var deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
  }

  private static void signal(String signal, long pid) throws InterruptedException {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException _) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }
  }

  /** The mark that a process carries; empty when it has none or is not ours to look into. */
  private static String mark(long pid) {
    try {
      var environment =
          new String(Files.readAllBytes(PROC.resolve(pid + "/environ")), StandardCharsets.UTF_8);
      return Arrays.stream(environment.split("\0"))
          .filter(entry -> entry.startsWith(MARK + "="))
          .map(entry -> entry.substring(MARK.length() + 1))
          .findFirst()
          .orElse("");
    } catch (IOException _) {
      return "";
    }
  }

  private static long session(long pid) {
    return statField(pid, 6).map(Long::parseLong).orElse(-1L);
  }

  /** Fields as numbered by proc(5); the command in parentheses may contain blanks. */
  private static Optional<String> statField(long pid, int number) {
    try {
      var line = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
      var fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
      return Optional.of(fields[number - 3].strip());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static long resident(long pid) {
    return kilobytes(PROC.resolve(pid + "/status"), "VmRSS:");
  }

  private static long proportional(long pid) {
    return kilobytes(PROC.resolve(pid + "/smaps_rollup"), "Pss:");
  }

  private static long kilobytes(Path file, String label) {
    try (var lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith(label))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException _) {
      return 0;
    }
  }
}
