package ai.matih.ml.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTests {

  @Test
  void words_change_the_standard_measurement() {
    Options options =
        Options.DOOR.changedBy(
            List.of("connections=1,8,32", "rounds=7", "seconds=2", "warmup=4", "request=ask.json"));

    assertThat(options.connections()).containsExactly(1, 8, 32);
    assertThat(options.rounds()).isEqualTo(7);
    assertThat(options.round()).isEqualTo(Duration.ofSeconds(2));
    assertThat(options.warmUp()).isEqualTo(Duration.ofSeconds(4));
    assertThat(options.request()).contains(Path.of("ask.json"));
  }

  @Test
  void what_is_not_understood_or_out_of_bounds_is_refused() {
    for (String word :
        List.of(
            "fast",
            "speed=3",
            "rounds=many",
            "rounds=0",
            "seconds=0",
            "connections=",
            "connections=0",
            "connections=1000",
            "seconds=1000")) {
      assertThatIllegalArgumentException()
          .as(word)
          .isThrownBy(() -> Options.DOOR.changedBy(List.of(word)));
    }
  }
}
