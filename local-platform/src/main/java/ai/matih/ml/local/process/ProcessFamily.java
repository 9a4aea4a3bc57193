package ai.matih.ml.local.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A process and everything it started, also what it has orphaned. Each family leader begins a
 * session of its own and carries a mark in its environment; descendants keep at least one of the
 * two.
 */
public final class ProcessFamily {

  /** Environment variable that marks every member. */
  public static final String MARK = "MATIH_ML_PROCESS";

  private static final int KILL_ROUNDS = 50;

  private final ProcessIdentity leader;
  private final String mark;

  public ProcessFamily(ProcessIdentity leader, String mark) {
    this.leader = leader;
    this.mark = mark;
  }

  /** The mark of one program; no owner's marks begin with those of another. */
  static String mark(String owner, String name) {
    return owner + "#" + name;
  }

  /**
   * Kills whatever still carries a mark of this owner, of any name. For owners that died without
   * cleaning up; where the kernel does not show environments this finds nobody.
   */
  public static void stopAllOf(String owner) throws InterruptedException {
    for (var round = 0; round < KILL_ROUNDS; round++) {
      var left =
          others()
              .filter(handle -> Proc.environment(handle.pid(), MARK).startsWith(mark(owner, "")))
              .toList();
      if (left.isEmpty()) {
        return;
      }
      left.forEach(ProcessHandle::destroyForcibly);
      await(Duration.ofMillis(200), () -> left.stream().noneMatch(ProcessFamily::runs));
    }
  }

  /** Every live member, the leader included. */
  public List<ProcessHandle> members() {
    // Descendants too: PostgreSQL's begin sessions of their own and overwrite their environment.
    var members =
        leader
            .find()
            .map(handle -> Stream.concat(Stream.of(handle), handle.descendants()))
            .orElseGet(Stream::empty);
    if (Proc.available()) {
      members = Stream.concat(members, sessionAndMarked());
    }
    return members.distinct().filter(ProcessFamily::runs).toList();
  }

  private Stream<ProcessHandle> sessionAndMarked() {
    // The number of a session stays taken while it has members: only a live stranger can carry it.
    boolean sessionIsOurs =
        leader.pid() > 1 && (leader.alive() || ProcessHandle.of(leader.pid()).isEmpty());
    return others()
        .filter(
            handle ->
                (sessionIsOurs && Proc.session(handle.pid()) == leader.pid())
                    || Proc.environment(handle.pid(), MARK).equals(mark));
  }

  /** Resident memory of all members in bytes; shared pages count once per member. */
  public long residentBytes() {
    return members().stream().mapToLong(handle -> Proc.residentBytes(handle.pid())).sum();
  }

  /** Memory of all members in bytes, shared pages divided among those who share them. */
  public long proportionalBytes() {
    return members().stream().mapToLong(handle -> Proc.proportionalBytes(handle.pid())).sum();
  }

  /**
   * Asks the leader to end, then makes sure that nobody of the family is left. Repeatable.
   *
   * @param patience how long the leader may take before the whole family is killed
   */
  public void stop(StopSignal signal, Duration patience) throws InterruptedException {
    if (leader.alive()) {
      send(signal, leader.pid());
      await(patience, () -> !leader.alive());
    }
    for (var round = 0; round < KILL_ROUNDS && !members().isEmpty(); round++) {
      members().forEach(ProcessHandle::destroyForcibly);
      await(Duration.ofMillis(200), () -> members().isEmpty());
    }
  }

  private static boolean runs(ProcessHandle handle) {
    return handle.isAlive() && !Proc.zombie(handle.pid());
  }

  private static Stream<ProcessHandle> others() {
    return ProcessHandle.allProcesses()
        .filter(handle -> handle.pid() != ProcessHandle.current().pid());
  }

  private static void await(Duration patience, BooleanSupplier condition)
      throws InterruptedException {
    var deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
  }

  private static void send(StopSignal signal, long pid) throws InterruptedException {
    try {
      new ProcessBuilder("kill", "-" + signal.name(), Long.toString(pid))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException _) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }
  }
}
