package ai.matih.ml.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RunningProcessTests {

  @TempDir Path folder;

  @Test
  void a_program_that_ends_while_starting_fails_with_the_end_of_its_log() throws Exception {
    var process = RunningProcess.start(spec("echo the disk is full; exit 1", () -> false), owner());

    assertThatThrownBy(process::awaitReady)
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("it ended while starting")
        .hasMessageContaining("the disk is full");
  }

  @Test
  void a_program_that_ignores_the_signal_is_killed_with_its_children() throws Exception {
    var child = folder.resolve("child");
    var script = "trap '' TERM; sleep 1000 & echo $! > " + child + "; wait; sleep 1000";
    var process = RunningProcess.start(spec(script, () -> Files.exists(child)), owner());
    process.awaitReady();
    assertThat(process.family().members()).hasSizeGreaterThanOrEqualTo(2);

    process.stop();

    assertThat(process.alive()).isFalse();
    assertThat(process.family().members()).isEmpty();
  }

  @Test
  void an_owner_that_died_leaves_nobody_behind() throws Exception {
    var process = RunningProcess.start(spec("exec sleep 1000", () -> true), owner());
    var stranger = RunningProcess.start(spec("exec sleep 1000", () -> true), owner() + "0");
    try {
      ProcessFamily.stopAllOf(owner());

      assertThat(process.alive()).isFalse();
      assertThat(stranger.alive()).isTrue();
    } finally {
      stranger.stop();
    }
  }

  @Test
  void a_number_that_was_given_to_another_process_is_not_taken_for_it() {
    var me = ProcessIdentity.current();

    assertThat(me.alive()).isTrue();
    assertThat(new ProcessIdentity(me.pid(), me.startedAt().minusSeconds(10)).alive()).isFalse();
  }

  @Test
  void settings_of_the_callers_shell_do_not_reach_programs() {
    var environment =
        new HashMap<>(
            Map.of(
                "PATH",
                "/bin",
                "AWS_PROFILE",
                "mine",
                "PYTHONPATH",
                "/x",
                "JAVA_TOOL_OPTIONS",
                "-Xmx1g"));

    RunningProcess.clean(environment);

    assertThat(environment).containsOnlyKeys("PATH");
  }

  @Test
  void a_changed_setting_makes_another_program_and_a_class_cache_does_not() {
    var plain = spec("x", () -> true);
    var cached = withCommand(List.of("sh", "-XX:AOTCache=/c", "-c", "x"));
    var changed = withCommand(List.of("sh", "-c", "y"));

    assertThat(cached.fingerprint()).isEqualTo(plain.fingerprint());
    assertThat(changed.fingerprint()).isNotEqualTo(plain.fingerprint());
  }

  private ProcessSpec withCommand(List<String> command) {
    return new ProcessSpec(
        "p",
        command,
        Map.of(),
        folder,
        folder.resolve("p.log"),
        0,
        () -> true,
        Duration.ofSeconds(5),
        StopSignal.TERM,
        Duration.ofMillis(300));
  }

  private ProcessSpec spec(String script, Readiness readiness) {
    return new ProcessSpec(
        "p",
        List.of("sh", "-c", script),
        Map.of(),
        folder,
        folder.resolve("p.log"),
        0,
        readiness,
        Duration.ofSeconds(5),
        StopSignal.TERM,
        Duration.ofMillis(300));
  }

  private String owner() {
    return folder.toString();
  }
}
