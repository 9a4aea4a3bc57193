package ai.matih.ml.serving.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.fixture.TestBundles;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Copies that wait for a shadow ... */
class CopyQueueTests {

  private final Room ofAll = new Room(60);

  private static Copy copy(int rows) {
    var signature = TestBundles.signature("numeric-v1");
    return Copy.of(
        1,
        new Batch(signature, rows),
        new Scores(signature, rows, new float[2 * rows]),
        Duration.ofMillis(1));
  }

  @Test
  void are_bounded_in_number_and_in_values_and_leave_room_again() throws InterruptedException {
    CopyQueue queue = new CopyQueue(3, 50, ofAll);
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

  @Test
  void are_bounded_with_those_of_other_shadows_which_an_end_leaves_to_them() {
    CopyQueue hanging = new CopyQueue(10, 50, ofAll);
    CopyQueue other = new CopyQueue(10, 50, ofAll);
    assertThat(hanging.offer(copy(8))).as("40 values").isTrue();
    assertThat(other.offer(copy(5))).as("25 more are too many").isFalse();
    assertThat(other.offer(copy(4))).as("20 fit").isTrue();
    hanging.close();
    assertThat(hanging.size()).isZero();
    assertThat(hanging.offer(copy(1))).isFalse();
    assertThat(other.offer(copy(6))).as("it has its room back, all of it").isTrue();
    assertThat(other.offer(copy(1))).as("its own bound").isFalse();
    assertThat(new CopyQueue(10, 50, ofAll).offer(copy(2))).isTrue();
    assertThat(new CopyQueue(10, 50, ofAll).offer(copy(1))).as("60 values are held").isFalse();
  }

  @Test
  void weigh_what_their_texts_weigh() {
    var signature = TestBundles.signature("mixed");
    Batch batch = new Batch(signature, 1);
    int text = 0;
    while (signature.columns().get(text).type() != ColumnType.STRING) {
      text++;
    }
    Scores scores = new Scores(signature, 1, new float[signature.width()]);
    long without = Copy.of(1, batch, scores, Duration.ofMillis(1)).size();
    batch.text(0, text, "x".repeat(1_000_000));
    assertThat(Copy.of(1, batch, scores, Duration.ofMillis(1)).size()).isEqualTo(without + 250_000);
  }
}
