package ai.matih.ml.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTests {

  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);

  /** {@code printf "%s MLmodel\n%s data/x\n" $A $B | sha256sum} gives this. */
  @Test
  void the_digest_of_files_is_the_one_that_anybody_can_compute() {
    assertThat(Digest.ofFiles(Map.of("data/x", B, "MLmodel", A)))
        .isEqualTo(Digest.of(A + "  MLmodel\n" + B + "  data/x\n"));
  }

  @Test
  void any_change_of_name_or_content_changes_it() {
    Digest digest = Digest.ofFiles(Map.of("x", A, "y", B));
    assertThat(Digest.ofFiles(Map.of("x", B, "y", A))).isNotEqualTo(digest);
    assertThat(Digest.ofFiles(Map.of("x", A, "z", B))).isNotEqualTo(digest);
    assertThat(Digest.ofFiles(Map.of("x", A))).isNotEqualTo(digest);
  }

  @Test
  void files_check_their_digest() {
    assertThatThrownBy(() -> new BundleFiles(Digest.of("other"), Map.of("x", A)))
        .isInstanceOfSatisfying(
            BundleRefused.class,
            refused -> assertThat(refused.part()).isEqualTo(BundleRefused.Part.DIGEST));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256:", "sha256:abc", "md5:0", "SHA256:" + "00"})
  void another_form_is_no_digest(String text) {
    assertThatThrownBy(() -> new Digest(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
