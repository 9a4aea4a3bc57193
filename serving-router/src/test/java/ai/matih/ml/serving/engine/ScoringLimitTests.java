package ai.matih.ml.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ScoringLimitTests {

  private final ScoringLimit limit = new ScoringLimit(1, 3, Duration.ofSeconds(20));

  private void await(int waiting) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (limit.waiting() != waiting) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void those_who_wait_are_served_in_order_and_nobody_passes_them() throws InterruptedException {
    BlockingQueue<Integer> entered = new LinkedBlockingQueue<>();
    assertThat(limit.enter()).isTrue();
    for (int i = 1; i <= 3; i++) {
      int number = i;
      Thread.startVirtualThread(
          () -> {
            if (limit.enter()) {
              entered.add(number);
            }
          });
      await(i);
    }
    assertThat(limit.enter()).as("too many wait").isFalse();

    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      limit.leave();
      assertThat(limit.tryEnter()).as("nobody passes those who wait").isFalse();
      order.add(entered.poll(10, TimeUnit.SECONDS));
    }
    assertThat(order).containsExactly(1, 2, 3);
    limit.leave();
    assertThat(limit.tryEnter()).isTrue();
  }

  @Test
  void who_waits_too_long_is_told() {
    ScoringLimit impatient = new ScoringLimit(1, 3, Duration.ofMillis(10));
    assertThat(impatient.enter()).isTrue();
    assertThat(impatient.enter()).isFalse();
    assertThat(impatient.waiting()).isZero();
  }
}
