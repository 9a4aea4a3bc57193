package ai.matih.ml.api.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactPathTests {

  @ParameterizedTest
  @ValueSource(strings = {"a", "model/MLmodel", "a b/ü.txt", ".hidden", "x..y", "a=b,c;d"})
  void an_ordinary_path_is_taken_as_it_is(String path) {
    assertThat(ArtifactPath.parse(path))
        .hasValueSatisfying(p -> assertThat(p.text()).isEqualTo(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a\\b", "a\0b", "a\nb", "a%2fb",
        "a#b", "a?b"
      })
  void a_path_that_systems_read_differently_is_not(String path) {
    assertThat(ArtifactPath.parse(path)).isEmpty();
  }

  @Test
  void a_very_long_path_is_not() {
    assertThat(ArtifactPath.parse("a/".repeat(600) + "a")).isEmpty();
    assertThat(ArtifactPath.parse("a".repeat(256))).isEmpty();
  }

  @Test
  void a_file_knows_its_directory() {
    assertThat(ArtifactPath.parse("a/b/c").orElseThrow().parent())
        .hasValueSatisfying(p -> assertThat(p.text()).isEqualTo("a/b"));
    assertThat(ArtifactPath.parse("a").orElseThrow().parent()).isEmpty();
  }
}
