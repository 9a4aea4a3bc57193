package ai.matih.ml.local.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.local.home.PlatformState.Part;
import ai.matih.ml.local.home.PlatformState.PartPhase;
import ai.matih.ml.local.home.PlatformState.Phase;
import ai.matih.ml.local.home.PlatformState.Supervisor;
import ai.matih.ml.local.process.ProcessIdentity;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlatformStateTests {

  @TempDir Path folder;

  @Test
  void survives_its_file() throws IOException {
    var file = folder.resolve("state.json");
    var state = state(new Supervisor(12, Instant.parse("2026-01-01T00:00:00.123Z")));

    Json.write(file, state);

    assertThat(PlatformState.read(file)).contains(state);
    assertThat(Files.readString(file))
        .contains("\"ready_after_millis\" : 1500")
        .doesNotContain("null");
  }

  @Test
  void is_readable_by_its_owner_only() throws IOException {
    var file = folder.resolve("state.json");

    Json.write(file, state(null));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void there_is_none_where_nothing_ever_ran() throws IOException {
    assertThat(PlatformState.read(folder.resolve("state.json"))).isEmpty();
  }

  @Test
  void is_supervised_only_while_that_very_process_lives() {
    var me = ProcessIdentity.current();

    assertThat(state(new Supervisor(me.pid(), me.startedAt())).supervised()).isTrue();
    assertThat(state(new Supervisor(me.pid(), me.startedAt().minusSeconds(60))).supervised())
        .isFalse();
    assertThat(state(null).supervised()).isFalse();
  }

  @Test
  void names_the_addresses_it_has_when_asked_for_another() {
    assertThat(state(null).address("api")).isEqualTo(URI.create("http://127.0.0.1:8000"));
    assertThatThrownBy(() -> state(null).address("moon"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("moon")
        .hasMessageContaining("api");
  }

  @Test
  void secrets_are_random_and_do_not_show_themselves() {
    var one = Credentials.random(List.of("api"));
    var two = Credentials.random(List.of("api"));

    assertThat(one.adminKey())
        .startsWith("mlk_")
        .hasSizeGreaterThan(40)
        .isNotEqualTo(two.adminKey());
    assertThat(one.rolePasswords()).containsOnlyKeys("api");
    assertThat(one.toString()).doesNotContain(one.adminKey(), one.postgresPassword());
  }

  private static PlatformState state(@Nullable Supervisor supervisor) {
    return new PlatformState(
        "/home",
        Phase.READY,
        null,
        supervisor,
        Instant.parse("2026-01-01T00:00:00Z"),
        "/home/credentials.json",
        "/env/bin/python",
        Map.of("api", URI.create("http://127.0.0.1:8000")),
        List.of(
            new Part(
                "s3",
                PartPhase.READY,
                5L,
                Instant.EPOCH,
                8011,
                1,
                1500L,
                "it ended",
                "/home/logs/s3.log",
                "f")));
  }
}
