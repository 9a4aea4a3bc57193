package ai.matih.ml.local.supervision;

import ai.matih.ml.local.home.PlatformState.Part;
import ai.matih.ml.local.home.PlatformState.PartPhase;
import ai.matih.ml.local.process.LogFile;
import ai.matih.ml.local.process.RunningProcess;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one part running: waits for its turn, starts it or takes over what a dead supervisor left,
 * watches it, and starts it again when it ends or stops answering.
 */
final class Keeper implements Runnable {

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration HEALTH_PERIOD = Duration.ofSeconds(10);
  private static final long LOG_LIMIT = 20L << 20;

  /** Busy cores make a healthy program slow to answer: only a long silence counts as hung. */
  private static final Duration PATIENCE_WITH_SILENCE = Duration.ofMinutes(3);

  private final PartPlan plan;
  private final String owner;
  private final StateBoard board;
  private final StartGate gate;
  private final RestartPolicy policy;
  private final Clock clock;
  private final FirstStartFailed firstStartFailed;
  private @Nullable RunningProcess process;
  private volatile boolean stopping;

  /** Told when a part fails again and again before it was ever ready. */
  @FunctionalInterface
  interface FirstStartFailed {
    void tell(String part, String reason);
  }

  Keeper(
      PartPlan plan,
      String owner,
      StateBoard board,
      StartGate gate,
      RestartPolicy policy,
      Clock clock,
      FirstStartFailed firstStartFailed) {
    this.plan = plan;
    this.owner = owner;
    this.board = board;
    this.gate = gate;
    this.policy = policy;
    this.clock = clock;
    this.firstStartFailed = firstStartFailed;
  }

  String name() {
    return plan.name();
  }

  /**
   * Ends the part and everything it started. The thread that runs this keeper must be interrupted
   * before.
   */
  void stop() throws InterruptedException {
    stopping = true;
    RunningProcess current;
    synchronized (this) {
      current = process;
    }
    if (current != null) {
      current.stop();
    }
    board.update(name(), part -> phase(part, PartPhase.STOPPED, null));
  }

  void markStopping() {
    stopping = true;
  }

  @Override
  public void run() {
    try {
      board.awaitReady(plan.after());
      keep();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep() throws InterruptedException {
    var failures = 0;
    var everReady = false;
    while (!stopping) {
      var problem = start();
      var readySince = clock.instant();
      if (problem.isEmpty()) {
        everReady = true;
        problem = Optional.of(watch());
      }
      if (stopping) {
        return;
      }
      endRemains();
      failures = policy.failuresAfter(failures, Duration.between(readySince, clock.instant()));
      var reason = problem.orElseThrow();
      if (!everReady && failures >= 3) {
        firstStartFailed.tell(name(), reason);
      }
      board.update(name(), part -> restarting(part, reason));
      Thread.sleep(policy.delay(failures));
    }
  }

  /** Empty when the part serves, else what went wrong. */
  private Optional<String> start() throws InterruptedException {
    try (var _ = gate.enter(plan.alone())) {
      var began = clock.instant();
      var spec = plan.preparation().prepare();
      var fingerprint = spec.fingerprint();
      var left =
          board
              .part(name())
              .process(fingerprint)
              .flatMap(id -> RunningProcess.adopt(spec, id, owner));
      if (left.isEmpty()) {
        RunningProcess.endRemains(spec, board.part(name()).identity(), owner);
        LogFile.of(spec.log()).bound(LOG_LIMIT);
      }
      var running = left.isPresent() ? left.get() : RunningProcess.start(spec, owner);
      synchronized (this) {
        process = running;
      }
      if (stopping) {
        return Optional.of("the platform stops");
      }
      board.update(name(), part -> starting(part, running, spec.port(), fingerprint));
      running.awaitReady();
      plan.whenReady().complete();
      board.update(name(), part -> ready(part, Duration.between(began, clock.instant())));
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Returns why the part must be started again. */
  private String watch() throws InterruptedException {
    var running = java.util.Objects.requireNonNull(process);
    Instant answered = clock.instant();
    Instant asked = answered;
    while (running.alive()) {
      Thread.sleep(LOOK);
      var now = clock.instant();
      if (Duration.between(asked, now).compareTo(HEALTH_PERIOD) >= 0) {
        asked = now;
        bound(running);
        if (running.spec().readiness().ready()) {
          answered = clock.instant();
          board.update(name(), part -> phaseIf(part, PartPhase.UNHEALTHY, PartPhase.READY));
        } else if (Duration.between(answered, now).compareTo(PATIENCE_WITH_SILENCE) > 0) {
          return "it did not answer for " + PATIENCE_WITH_SILENCE.toSeconds() + " s";
        } else if (Duration.between(answered, now).compareTo(HEALTH_PERIOD.multipliedBy(2)) > 0) {
          board.update(name(), part -> phaseIf(part, PartPhase.READY, PartPhase.UNHEALTHY));
        }
      }
    }
    return "it ended";
  }

  private static void bound(RunningProcess running) {
    try {
      LogFile.of(running.spec().log()).bound(LOG_LIMIT);
    } catch (IOException e) {
      System.err.println("cannot bound " + running.spec().log() + ": " + e.getMessage());
    }
  }

  private void endRemains() throws InterruptedException {
    RunningProcess current;
    synchronized (this) {
      current = process;
      process = null;
    }
    if (current != null) {
      current.stop();
    }
  }

  private static Part starting(Part part, RunningProcess running, int port, String fingerprint) {
    return new Part(
        part.name(),
        PartPhase.STARTING,
        running.identity().pid(),
        running.identity().startedAt(),
        port,
        part.restarts(),
        null,
        part.lastFailure(),
        running.spec().log().toString(),
        fingerprint);
  }

  private static Part ready(Part part, Duration after) {
    return new Part(
        part.name(),
        PartPhase.READY,
        part.pid(),
        part.startedAt(),
        part.port(),
        part.restarts(),
        after.toMillis(),
        part.lastFailure(),
        part.log(),
        part.fingerprint());
  }

  private static Part restarting(Part part, String reason) {
    return new Part(
        part.name(),
        PartPhase.BACKING_OFF,
        null,
        null,
        part.port(),
        part.restarts() + 1,
        null,
        reason,
        part.log(),
        null);
  }

  private static Part phaseIf(Part part, PartPhase from, PartPhase to) {
    return part.phase() == from ? phase(part, to, part.readyAfterMillis()) : part;
  }

  private static Part phase(Part part, PartPhase phase, @Nullable Long readyAfterMillis) {
    var gone = phase == PartPhase.STOPPED;
    return new Part(
        part.name(),
        phase,
        gone ? null : part.pid(),
        gone ? null : part.startedAt(),
        part.port(),
        part.restarts(),
        readyAfterMillis,
        part.lastFailure(),
        part.log(),
        gone ? null : part.fingerprint());
  }
}
