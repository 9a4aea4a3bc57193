package ai.matih.ml.local.supervision;

import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.home.PlatformState.Phase;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Starts all parts of a plan, keeps them running until it is told to stop, and leaves nothing
 * behind.
 */
public final class Supervisor {

  private final StartPlan plan;
  private final StateBoard board;
  private final List<Keeper> keepers;
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private boolean stopped;

  /**
   * @param first the state to begin with; parts that are still alive from an earlier supervisor are
   *     taken over
   * @param parallelStarts how many programs may be starting at the same time
   */
  public Supervisor(
      StartPlan plan,
      Path stateFile,
      PlatformState first,
      int parallelStarts,
      RestartPolicy policy) {
    this.plan = plan;
    var clock = Clock.systemUTC();
    this.board = new StateBoard(stateFile, first, clock);
    var gate = new StartGate(parallelStarts);
    this.keepers =
        plan.parts().stream()
            .map(part -> new Keeper(part, first.owner(), board, gate, policy, clock, this::giveUp))
            .toList();
  }

  public void start() {
    for (var keeper : keepers) {
      threads.add(Thread.ofVirtual().name(keeper.name()).start(keeper));
    }
  }

  /** Waits until all parts are ready. */
  public void awaitReady() throws InterruptedException {
    board.awaitReady(plan.parts().stream().map(PartPlan::name).toList());
  }

  /** Waits until everything has been stopped. */
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  public PlatformState state() {
    return board.state();
  }

  /** Ends all parts in order. Repeatable. */
  public synchronized void stop() throws InterruptedException {
    if (!stopped) {
      board.phase(Phase.STOPPING, null);
      endParts();
      board.phase(Phase.STOPPED, null);
      stopped = true;
      ended.countDown();
    }
  }

  private void endParts() throws InterruptedException {
    keepers.forEach(Keeper::markStopping);
    threads.forEach(Thread::interrupt);
    for (var thread : threads) {
      if (!thread.equals(Thread.currentThread())) {
        thread.join();
      }
    }
    for (var group : plan.stopOrder()) {
      var endings = new ArrayList<Thread>();
      for (var keeper : keepers) {
        if (group.contains(keeper.name())) {
          endings.add(Thread.startVirtualThread(() -> end(keeper)));
        }
      }
      for (var ending : endings) {
        ending.join();
      }
    }
  }

  private static void end(Keeper keeper) {
    try {
      keeper.stop();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** A platform that was never ready does not stay half started. */
  private void giveUp(String part, String reason) {
    if (board.state().phase() == Phase.STARTING) {
      Thread.ofPlatform().name("give-up").start(() -> failed(part, reason));
    }
  }

  private synchronized void failed(String part, String reason) {
    if (stopped) {
      return;
    }
    try {
      board.phase(Phase.STOPPING, part + ": " + reason);
      endParts();
      board.phase(Phase.FAILED, part + ": " + reason);
      stopped = true;
      ended.countDown();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
