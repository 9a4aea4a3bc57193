package ai.matih.ml.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import org.junit.jupiter.api.Test;

class BundlePathTests {

  @Test
  void file_names_that_leave_their_folder_are_refused() {
    for (String path :
        List.of(
            "../x",
            "a/../../x",
            "/etc/passwd",
            "a//b",
            "./a",
            "a/./b",
            "..",
            "",
            "a\\..\\b",
            "C:\\x",
            "a\u0000b",
            "a\nb",
            "a/",
            "%2e%2e/%2fx\u0007",
            "x".repeat(5000))) {
      try {
        BundlePath.check(path);
        fail("accepted %s", path);
      } catch (BundleRefused expected) {
        assertThat(expected.reason()).isNotEmpty();
      }
    }
  }
}
