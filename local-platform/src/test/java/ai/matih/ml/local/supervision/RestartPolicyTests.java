package ai.matih.ml.local.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RestartPolicyTests {

  private final RestartPolicy policy = RestartPolicy.standard();

  @Test
  void the_wait_doubles_with_every_failure_in_a_row() {
    assertThat(IntStream.rangeClosed(1, 4).mapToObj(policy::delay))
        .containsExactly(
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4));
  }

  @Test
  void the_wait_has_a_limit_however_often_it_fails() {
    assertThat(policy.delay(8)).isEqualTo(Duration.ofSeconds(30));
    assertThat(policy.delay(1_000_000)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void a_program_that_dies_young_counts_on() {
    assertThat(policy.failuresAfter(3, Duration.ofSeconds(59))).isEqualTo(4);
  }

  @Test
  void a_program_that_served_long_enough_starts_with_a_clean_slate() {
    assertThat(policy.failuresAfter(7, Duration.ofSeconds(60))).isEqualTo(1);
  }

  @Test
  void there_is_no_delay_without_a_failure() {
    assertThatThrownBy(() -> policy.delay(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_program_that_always_dies_at_once_is_started_at_most_a_few_times_in_a_minute() {
    var elapsed = Duration.ZERO;
    var failures = 0;
    var starts = 0;
    while (elapsed.compareTo(Duration.ofMinutes(1)) < 0) {
      starts++;
      failures = policy.failuresAfter(failures, Duration.ZERO);
      elapsed = elapsed.plus(policy.delay(failures));
    }
    assertThat(starts).isLessThanOrEqualTo(8);
  }
}
