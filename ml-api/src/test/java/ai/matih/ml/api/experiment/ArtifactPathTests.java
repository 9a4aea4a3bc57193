package ai.matih.ml.api.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactPathTests {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "model/MLmodel",
        "a b/ü.txt",
        ".hidden",
        "x..y",
        "a=b,c;d",
        "100%.csv",
        "a%zz",
        "images/key%step%3%timestamp%1.png",
        "a?b",
        "a\\b",
        "a[1]{2}.txt",
        "精"
      })
  void an_ordinary_path_is_taken_as_it_is(String path) {
    assertThat(ArtifactPath.parse(path))
        .hasValueSatisfying(p -> assertThat(p.text()).isEqualTo(path));
  }

  /** Checked against MLflow's {@code validate_path_is_safe}. */
  @ParameterizedTest
  @CsvSource({
    "a%41b, aAb",
    "a%2541b, aAb",
    "a%2Fb, a/b",
    "key%step%0%timestamp%1796007060525%3f4a.png, key%step%0%timestamp%1796007060525?4a.png",
    "a%00b, a%00b",
    "a%0Ab, ab",
    "a%ffb, a\ufffdb",
    "a;, a",
    "a?, a",
    "a/b;c, a/b;c",
  })
  void a_path_has_the_name_that_mlflow_gives_it(String path, String stored) {
    assertThat(ArtifactPath.parse(path))
        .hasValueSatisfying(p -> assertThat(p.text()).isEqualTo(stored));
    assertThat(ArtifactPath.parse(stored))
        .hasValueSatisfying(p -> assertThat(p.text()).isEqualTo(stored));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "a/../b",
        "a/./b",
        "a#b",
        "a%23b",
        "a/%2e%2e/b",
        "a/%252e%252e/b",
        "a%2f..%2fb",
        "a%252f..%252fb",
        "..\\b",
        "a%5c..%5cb",
        "%2fetc",
        "..;/x",
        "a/..;b/x",
        ".;/x",
        "a/.%0a./b",
        "a/.%09./b"
      })
  void a_path_that_leads_elsewhere_is_not(String path) {
    assertThat(ArtifactPath.parse(path)).isEmpty();
  }

  @Test
  void a_path_is_measured_as_it_is_stored() {
    assertThat(ArtifactPath.parse("精".repeat(70) + "/" + "精".repeat(70) + "/" + "精".repeat(70)))
        .isPresent();
    assertThat(ArtifactPath.parse("a".repeat(210))).isPresent();
    assertThat(ArtifactPath.parse("a".repeat(211))).isEmpty();
    assertThat(ArtifactPath.parse("精".repeat(71))).isEmpty();
    assertThat(ArtifactPath.parse("a/".repeat(400) + "a")).isEmpty();
  }

  @Test
  void a_file_knows_its_directory() {
    assertThat(ArtifactPath.parse("a/b/c").orElseThrow().parent())
        .hasValueSatisfying(p -> assertThat(p.text()).isEqualTo("a/b"));
    assertThat(ArtifactPath.parse("a").orElseThrow().parent()).isEmpty();
  }
}
