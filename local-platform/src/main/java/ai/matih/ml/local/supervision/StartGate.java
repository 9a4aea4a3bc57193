package ai.matih.ml.local.supervision;

import java.util.concurrent.Semaphore;

/** Limits how many programs start at the same time; one that must start alone takes all places. */
final class StartGate {

  private final int places;
  private final Semaphore free;

  StartGate(int places) {
    this.places = places;
    this.free = new Semaphore(places, true);
  }

  /** Waits for a place. Closing what this returns gives it back, once. */
  Place enter(boolean alone) throws InterruptedException {
    var taken = alone ? places : 1;
    free.acquire(taken);
    return new Place(taken);
  }

  /** Places taken by one program that starts. */
  final class Place implements AutoCloseable {
    private int taken;

    Place(int taken) {
      this.taken = taken;
    }

    @Override
    public void close() {
      free.release(taken);
      taken = 0;
    }
  }
}
