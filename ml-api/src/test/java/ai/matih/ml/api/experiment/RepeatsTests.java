package ai.matih.ml.api.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RepeatsTests {

  @Test
  void pauses_grow_and_are_no_two_writers_own() {
    Repeats one = new Repeats(new Random(1));
    Repeats other = new Repeats(new Random(2));
    for (long longest : new long[] {40, 80, 160, 320, 640, 1000, 1000}) {
      assertThat(one.next())
          .isBetween(Duration.ofMillis(longest / 2), Duration.ofMillis(longest))
          .isNotEqualTo(other.next());
    }
  }

  @Test
  void there_is_a_last_call() {
    Repeats repeats = new Repeats(new Random(1));
    Stream.generate(repeats::next).limit(7).forEach(pause -> assertThat(pause).isPositive());
    assertThat(repeats.pause()).isFalse();
  }
}
