package ai.matih.ml.local.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class InstallationTests {

  @TempDir Path folder;

  @Test
  void is_filled_once() throws InterruptedException {
    var fillings = new AtomicInteger();
    var installation = new Installation(folder.resolve("a"));

    installation.ensure(Progress.silent(), _ -> fillings.incrementAndGet());
    installation.ensure(Progress.silent(), _ -> fillings.incrementAndGet());

    assertThat(fillings).hasValue(1);
  }

  @Test
  void an_interrupted_one_is_thrown_away_and_filled_again() throws Exception {
    var installation = new Installation(folder.resolve("a"));
    assertThatThrownBy(
            () ->
                installation.ensure(
                    Progress.silent(),
                    target -> {
                      Files.writeString(target.resolve("half"), "x");
                      throw new IOException("the network went away");
                    }))
        .isInstanceOf(UncheckedIOException.class)
        .hasRootCauseMessage("the network went away");
    assertThat(installation.complete()).isFalse();

    installation.ensure(
        Progress.silent(), target -> Files.writeString(target.resolve("whole"), "x"));

    assertThat(folder.resolve("a/half")).doesNotExist();
    assertThat(folder.resolve("a/whole")).exists();
  }

  @Test
  void two_at_once_fill_it_once() throws InterruptedException {
    var fillings = new AtomicInteger();
    var both = new CountDownLatch(2);
    Runnable install =
        () -> {
          both.countDown();
          try {
            both.await();
            new Installation(folder.resolve("a"))
                .ensure(Progress.silent(), _ -> fillings.incrementAndGet());
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        };
    var one = Thread.ofVirtual().start(install);
    var two = Thread.ofVirtual().start(install);
    one.join();
    two.join();

    assertThat(fillings).hasValue(1);
  }

  @Test
  void deleting_removes_links_but_not_what_they_point_to() throws IOException {
    var kept = Files.writeString(folder.resolve("kept"), "x");
    var doomed = Files.createDirectories(folder.resolve("doomed"));
    Files.createSymbolicLink(doomed.resolve("link"), folder);

    Installation.delete(doomed);

    assertThat(doomed).doesNotExist();
    assertThat(kept).exists();
  }

  @Test
  void only_lines_that_show_progress_are_passed_on() {
    assertThat(PythonEnvironment.showsProgress("Downloading ray (68.1MiB)")).isTrue();
    assertThat(PythonEnvironment.showsProgress("Installed 198 packages in 1s")).isTrue();
    assertThat(PythonEnvironment.showsProgress(" + aiohttp==3.14.5")).isFalse();
  }
}
