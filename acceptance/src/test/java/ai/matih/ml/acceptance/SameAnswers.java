package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import tools.jackson.databind.JsonNode;

/**
 * Compares what the platform predicts with what the model's own library does.
 *
 * @param tolerance of a number, relative to its size; absolute below 1
 */
record SameAnswers(double tolerance) {

  /** Numbers within the tolerance of their size; everything else is equal as it was sent. */
  void require(String what, JsonNode expected, JsonNode answered) {
    assertThat(answered.size()).as(what).isEqualTo(expected.size());
    if (expected.isArray()) {
      for (int i = 0; i < expected.size(); i++) {
        require(what + "[" + i + "]", expected.path(i), answered.path(i));
      }
    } else if (expected.isFloatingPointNumber()) {
      double number = expected.asDouble();
      assertThat(answered.asDouble())
          .as(what)
          .isCloseTo(number, within(tolerance * Math.max(1, Math.abs(number))));
    } else {
      assertThat(answered).as(what).isEqualTo(expected);
    }
  }
}
