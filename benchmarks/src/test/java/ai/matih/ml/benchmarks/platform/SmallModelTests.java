package ai.matih.ml.benchmarks.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SmallModelTests {

  @Test
  void the_table_is_the_same_every_time_and_has_both_answers() {
    List<String> lines = SmallModel.table(8).lines().toList();

    assertThat(SmallModel.table(8)).isEqualTo(SmallModel.table(8));
    assertThat(lines).hasSize(2_001);
    assertThat(lines.getFirst()).isEqualTo("x0,x1,x2,x3,x4,x5,x6,x7,label");
    long ones = lines.stream().skip(1).filter(line -> line.endsWith(",1")).count();
    assertThat(ones).isBetween(500L, 1_500L);
  }
}
