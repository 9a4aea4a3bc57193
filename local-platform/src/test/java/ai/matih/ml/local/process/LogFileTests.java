package ai.matih.ml.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTests {

  @TempDir Path folder;

  @Test
  void shows_its_last_lines() throws IOException {
    var log = LogFile.of(Files.writeString(folder.resolve("a.log"), "one\ntwo\nthree\n"));

    assertThat(log.tail(2)).containsExactly("two", "three");
    assertThat(LogFile.of(folder.resolve("none.log")).tail(2)).isEmpty();
  }

  @Test
  void is_cut_when_it_grows_too_long_while_its_writer_goes_on() throws IOException {
    var path = folder.resolve("a.log");
    var log = LogFile.of(path);
    try (var writer =
        Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      writer.write("old old old\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));

      log.bound(5);
      writer.write("new\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    assertThat(path).hasContent("new\n");
    assertThat(log.rotated()).hasContent("old old old\n");
  }

  @Test
  void is_left_alone_while_it_is_short() throws IOException {
    var log = LogFile.of(Files.writeString(folder.resolve("a.log"), "short"));

    log.bound(5);

    assertThat(log.path()).hasContent("short");
    assertThat(log.rotated()).doesNotExist();
  }
}
