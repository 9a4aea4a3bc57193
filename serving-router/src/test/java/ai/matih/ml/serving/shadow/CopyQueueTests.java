package ai.matih.ml.serving.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.fixture.TestBundles;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Copies that wait for a shadow ... */
class CopyQueueTests {

  private static Copy copy(int rows) {
    var signature = TestBundles.signature("numeric-v1");
    return new Copy(
        1,
        new Batch(signature, rows),
        new Scores(signature, rows, new float[2 * rows]),
        Duration.ofMillis(1));
  }

  @Test
  void are_bounded_in_number_and_in_values_and_leave_room_again() throws InterruptedException {
    CopyQueue queue = new CopyQueue(3, 50);
    assertThat(queue.offer(copy(1))).as("5 values").isTrue();
    assertThat(queue.offer(copy(9))).as("45 more").isTrue();
    assertThat(queue.offer(copy(1))).as("no room for values").isFalse();
    assertThat(queue.take(0)).isNotNull();
    assertThat(queue.offer(copy(1))).isTrue();
    assertThat(queue.take(0)).isNotNull();
    assertThat(queue.offer(copy(1))).isTrue();
    assertThat(queue.offer(copy(1))).isTrue();
    assertThat(queue.offer(copy(1))).as("three wait").isFalse();
    assertThat(queue.size()).isEqualTo(3);
  }
}
