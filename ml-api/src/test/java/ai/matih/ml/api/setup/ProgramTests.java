package ai.matih.ml.api.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgramTests {

  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  @Test
  void without_a_word_the_image_is_the_door() {
    assertThat(Program.named()).isEmpty();
    assertThat(Program.named("--server.port=0")).isEmpty();
    assertThat(Program.named("setup", "check")).isEmpty();
    assertThat(Program.named("setup")).contains(Program.SETUP);
    assertThat(Program.named("check")).contains(Program.CHECK);
  }

  @Test
  void a_missing_variable_is_named() {
    assertThat(run(Program.SETUP, Map.of())).isEqualTo(1);
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .contains("setup failed: Variable DATABASE_ML is not set");
  }

  @Test
  void a_server_that_is_away_is_a_failure_and_no_secret_is_told() {
    int code =
        run(
            Program.SETUP,
            Map.of(
                "DATABASE_ML", "ml",
                "DATABASE_HOST", "127.0.0.1",
                "DATABASE_PORT", "9",
                "DATABASE_ADMIN_USER", "postgres",
                "DATABASE_ADMIN_PASSWORD", "very-secret"));

    assertThat(code).isEqualTo(1);
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .contains("127.0.0.1:9")
        .doesNotContain("very-secret");
  }

  private int run(Program program, Map<String, String> environment) {
    return program.run(
        environment,
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
        new PrintStream(errors, true, StandardCharsets.UTF_8));
  }
}
