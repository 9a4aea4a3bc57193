package ai.matih.ml.verifier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class VerifyBundleTests {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @TempDir private Path folder;

  private final StringWriter refused = new StringWriter();

  private int run(String... typed) {
    return new CommandLine(new VerifyBundle(new PrintStream(printed, true, UTF_8)))
        .setErr(new PrintWriter(refused))
        .execute(typed);
  }

  @Test
  void what_is_no_bundle_does_not_hold_and_the_reason_is_printed() throws IOException {
    Path file = folder.resolve("x.zip");
    Files.writeString(file, "PK\u0003\u0004 and so on, but not a zip file at all");
    assertThat(run(file.toString())).isEqualTo(1);
    assertThat(printed.toString(UTF_8)).contains("WRONG", "The bundle does NOT hold.");
  }

  @Test
  void a_zip_file_without_manifest_does_not_hold() throws IOException {
    Path file = folder.resolve("x.zip");
    Files.write(file, Archive.write(Map.of("README.txt", "hello".getBytes(UTF_8))));
    assertThat(run(file.toString())).isEqualTo(1);
    assertThat(printed.toString(UTF_8)).contains("There is no manifest.json");
  }

  @Test
  void a_huge_size_in_a_header_reserves_no_memory() throws IOException {
    byte[] archive = Archive.write(Map.of("README.txt", "hello".getBytes(UTF_8)));
    archive[21] = 0x7f;
    Path file = folder.resolve("x.zip");
    Files.write(file, archive);
    assertThat(run(file.toString())).isEqualTo(1);
    assertThat(printed.toString(UTF_8)).contains("longer than the file");
  }

  @Test
  void wrong_usage_says_how() {
    assertThat(run()).isEqualTo(2);
    assertThat(run(folder.resolve("none").toString())).isEqualTo(2);
    assertThat(refused.toString()).contains("Missing required parameter: 'FILE'", "names no file");
  }
}
