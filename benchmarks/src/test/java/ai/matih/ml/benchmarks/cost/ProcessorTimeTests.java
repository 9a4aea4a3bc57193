package ai.matih.ml.benchmarks.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessorTimeTests {

  @Test
  void is_read_past_a_name_that_holds_anything() {
    assertThat(
            ProcessorTime.micros(
                "42 (a ) name (x) R 1 42 42 0 -1 4194560 10 20 0 0 7 5 3 1 20 0 1 0 100 0 0"))
        .isEqualTo(160_000);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void grows_while_a_process_works() throws IOException {
    long self = ProcessHandle.current().pid();
    double before = ProcessorTime.ofTree(self);
    long end = System.nanoTime() + 100_000_000L;
    long spun = 0;
    while (System.nanoTime() < end) {
      spun++;
    }
    assertThat(spun).isPositive();
    assertThat(ProcessorTime.ofTree(self) - before).isGreaterThan(20_000);
  }
}
