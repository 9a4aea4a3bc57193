package ai.matih.ml.serving.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The statistics are those of SciPy; {@code src/test/python/make_drift_vectors.py} made the
 * numbers.
 */
class DriftVectorsTests {

  private static final JsonNode VECTORS = read();

  @Test
  void distances_of_two_samples() {
    for (JsonNode pair : VECTORS.get("pairs")) {
      double[] reference = doubles(pair.get("reference"));
      double[] live = doubles(pair.get("live"));
      ChiSquare test = ChiSquare.of(reference, live);
      double largest = Distances.kolmogorovSmirnov(reference, live);
      double m = Distances.total(reference);
      double n = Distances.total(live);

      same(Distances.stabilityIndex(reference, live), pair, "stability_index");
      same(Distances.jensenShannon(reference, live), pair, "jensen_shannon");
      same(test.statistic(), pair, "chi_square");
      assertThat(test.degreesOfFreedom()).isEqualTo(pair.get("degrees_of_freedom").asInt());
      same(test.pValue(), pair, "chi_square_p");
      same(largest, pair, "kolmogorov_smirnov");
      same(
          TailProbability.kolmogorov(Math.sqrt(m * n / (m + n)) * largest),
          pair,
          "kolmogorov_smirnov_p");
      same(
          Distances.wasserstein(doubles(pair.get("points")), reference, live), pair, "wasserstein");
    }
    assertThat(VECTORS.get("pairs")).hasSize(45);
  }

  @Test
  void a_test_of_several_samples() {
    JsonNode several = VECTORS.get("several");
    ChiSquare test =
        ChiSquare.of(
            StreamSupport.stream(several.get("samples").spliterator(), false)
                .map(DriftVectorsTests::doubles)
                .toArray(double[][]::new));

    same(test.statistic(), several, "chi_square");
    same(test.pValue(), several, "p");
  }

  @Test
  void probabilities_of_large_statistics() {
    for (JsonNode tail : VECTORS.get("chi_square_tails")) {
      same(
          TailProbability.chiSquare(
              tail.get("statistic").asDouble(), tail.get("degrees_of_freedom").asInt()),
          tail,
          "p");
    }
    for (JsonNode tail : VECTORS.get("kolmogorov_tails")) {
      same(TailProbability.kolmogorov(tail.get("statistic").asDouble()), tail, "p");
    }
    for (JsonNode tail : VECTORS.get("normal_tails")) {
      same(TailProbability.normal(tail.get("deviate").asDouble()), tail, "p");
    }
  }

  @Test
  void several_tests_are_corrected_after_holm() {
    assertThat(Holm.adjusted(List.of(0.01, 0.04, 0.03, 0.005)))
        .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, Offset.offset(1e-12));
    assertThat(Holm.adjusted(List.of())).isEmpty();
  }

  /** To nine digits of the number, and of one where it is smaller. */
  private static void same(double found, JsonNode vector, String field) {
    double wanted = vector.get(field).asDouble();
    assertThat(found)
        .as("%s of %s", field, vector)
        .isCloseTo(wanted, Offset.offset(1e-9 * Math.max(1, Math.abs(wanted))));
  }

  private static double[] doubles(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static JsonNode read() {
    try {
      return JsonMapper.builder()
          .build()
          .readTree(Files.readAllBytes(Path.of("src/test/resources/drift/vectors.json")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
