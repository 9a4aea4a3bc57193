package ai.matih.ml.api.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code MlflowAgreementIT} asks the same of MLflow. */
class TrackingLimitsTests {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "auc",
        "précision",
        "точность",
        "精度",
        "val/loss",
        "a b",
        " a",
        "a:b-c.d_e",
        "a..b",
        "a/..b",
        ".hidden",
        "²",
        "Ⅷ",
        "𠀀",
        "０１"
      })
  void a_name_of_letters_and_digits_of_any_script_is_one(String name) {
    assertThat(TrackingLimits.isKey(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "..", "/a", "a/", "a//b", "a/./b", "a/../b", "../a", "..a", "a%b", "a\nb", "a\n",
        "a\tb", "a,b", "a=b", "a(b)", "e\u0301", "a\u0000", "\ud800", "😀"
      })
  void any_other_is_none(String name) {
    assertThat(TrackingLimits.isKey(name)).isFalse();
  }

  @Test
  void characters_are_counted_and_not_units() {
    assertThat(TrackingLimits.isKey("精".repeat(250))).isTrue();
    assertThat(TrackingLimits.isKey("𠀀".repeat(250))).isTrue();
    assertThat(TrackingLimits.isKey("𠀀".repeat(251))).isFalse();
    assertThat(TrackingLimits.fits("😀😀", 2)).isTrue();
    assertThat(TrackingLimits.fits("😀😀😀", 2)).isFalse();
  }
}
