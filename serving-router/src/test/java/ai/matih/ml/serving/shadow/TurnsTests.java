package ai.matih.ml.serving.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Turns of those that compute in the router's process ... */
@Timeout(30)
class TurnsTests {

  private final Turns turns = new Turns(1);
  private final List<String> order = new CopyOnWriteArrayList<>();

  /** Waits for its turn; returns as soon as it stands in line. */
  private Thread waiting(String name, Turns.Had had, long took) {
    int before = turns.waiting();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    turns.take(had);
                    order.add(name);
                    turns.giveBack(had, took);
                  } catch (InterruptedException e) {
                    order.add(name + " gave up");
                  }
                });
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (turns.waiting() == before && thread.isAlive()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
    return thread;
  }

  private Turns.Had had(Duration computed) throws InterruptedException {
    Turns.Had had = new Turns.Had();
    turns.take(had);
    turns.giveBack(had, computed.toNanos());
    return had;
  }

  @Test
  void go_to_who_computed_least_and_among_equals_to_who_came_first() throws InterruptedException {
    Turns.Had slow = had(Duration.ofSeconds(1));
    Turns.Had quick = had(Duration.ofMillis(1));
    Turns.Had holder = new Turns.Had();
    turns.take(holder);
    List<Thread> all =
        List.of(
            waiting("slow", slow, 1),
            waiting("first new", new Turns.Had(), 1),
            waiting("second new", new Turns.Had(), 1),
            waiting("quick", quick, 1));
    turns.giveBack(holder, 1);
    for (Thread one : all) {
      one.join();
    }
    assertThat(order).containsExactly("first new", "second new", "quick", "slow");
  }

  @Test
  void are_not_saved_up_while_nothing_is_computed() throws InterruptedException {
    Turns.Had busy = had(Duration.ofSeconds(100));
    Turns.Had other = had(Duration.ofSeconds(100));
    turns.take(busy);
    List<Thread> both =
        List.of(waiting("other", other, 1), waiting("idle for long", new Turns.Had(), 1));
    turns.giveBack(busy, 1);
    for (Thread one : both) {
      one.join();
    }
    assertThat(order).containsExactly("other", "idle for long");
  }

  @Test
  void pass_over_who_gave_up() throws InterruptedException {
    Turns.Had holder = new Turns.Had();
    turns.take(holder);
    Thread impatient = waiting("impatient", new Turns.Had(), 1);
    Thread patient = waiting("patient", new Turns.Had(), 1);
    impatient.interrupt();
    impatient.join();
    turns.giveBack(holder, 1);
    patient.join();
    assertThat(order).containsExactly("impatient gave up", "patient");
  }
}
