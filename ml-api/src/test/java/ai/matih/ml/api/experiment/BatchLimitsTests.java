package ai.matih.ml.api.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchLimitsTests {

  @Test
  void a_small_request_is_one_batch() {
    Measurements small = new Measurements(params(3, 5), Map.of("t", "v"), metrics(10));
    assertThat(BatchLimits.MLFLOW.split(small)).containsExactly(small);
  }

  @Test
  void nothing_is_no_batch() {
    assertThat(BatchLimits.MLFLOW.split(new Measurements(Map.of(), Map.of(), List.of()))).isEmpty();
  }

  @Test
  void every_batch_keeps_every_limit_and_nothing_is_lost_or_doubled() {
    Measurements large = new Measurements(params(345, 6000), params(222, 8000), metrics(4321));
    List<Measurements> batches = BatchLimits.MLFLOW.split(large);
    Map<String, String> params = new HashMap<>();
    Map<String, String> tags = new HashMap<>();
    for (Measurements batch : batches) {
      assertThat(batch.params().size()).isLessThanOrEqualTo(100);
      assertThat(batch.tags().size()).isLessThanOrEqualTo(100);
      assertThat(batch.metrics().size()).isLessThanOrEqualTo(1000);
      assertThat(batch.params().size() + batch.tags().size() + batch.metrics().size())
          .isLessThanOrEqualTo(1000);
      int characters =
          batch.params().values().stream().mapToInt(String::length).sum()
              + batch.tags().values().stream().mapToInt(String::length).sum();
      assertThat(characters).isLessThan(1_000_000);
      batch.params().forEach((k, v) -> assertThat(params.put(k, v)).isNull());
      batch.tags().forEach((k, v) -> assertThat(tags.put(k, v)).isNull());
    }
    assertThat(params).isEqualTo(large.params());
    assertThat(tags).isEqualTo(large.tags());
    assertThat(batches.stream().flatMap(batch -> batch.metrics().stream()).toList())
        .isEqualTo(large.metrics());
  }

  @Test
  void parameters_go_before_metrics() {
    List<Measurements> batches =
        BatchLimits.MLFLOW.split(new Measurements(params(150, 3), Map.of(), metrics(1500)));
    assertThat(batches.getFirst().params()).hasSize(100);
    assertThat(batches.getFirst().metrics()).isEmpty();
  }

  private static Map<String, String> params(int count, int length) {
    Map<String, String> params = new HashMap<>();
    IntStream.range(0, count).forEach(i -> params.put("p" + i, "v".repeat(length)));
    return params;
  }

  private static List<MetricPoint> metrics(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new MetricPoint("m", i, i, Instant.EPOCH))
        .toList();
  }
}
