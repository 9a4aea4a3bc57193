package ai.matih.ml.local.process;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A process that cannot be mistaken for a later one with the same number. */
public record ProcessIdentity(long pid, Instant startedAt) {

  /** The clock of the kernel's start times may be corrected by about a second while we watch. */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  public static ProcessIdentity of(ProcessHandle handle) {
    return new ProcessIdentity(handle.pid(), startOf(handle));
  }

  public static ProcessIdentity current() {
    return of(ProcessHandle.current());
  }

  /**
   * The process itself, or empty when it has ended, also when its number was given to another one.
   */
  public Optional<ProcessHandle> find() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(this::isSame)
        .filter(_ -> !Proc.zombie(pid));
  }

  public boolean alive() {
    return find().isPresent();
  }

  private boolean isSame(ProcessHandle handle) {
    return Duration.between(startOf(handle), startedAt).abs().compareTo(TOLERANCE) <= 0;
  }

  private static Instant startOf(ProcessHandle handle) {
    return handle.info().startInstant().orElse(Instant.EPOCH);
  }
}
