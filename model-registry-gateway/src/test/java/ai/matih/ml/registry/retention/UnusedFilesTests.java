package ai.matih.ml.registry.retention;

import static ai.matih.ml.registry.retention.RetentionWorld.here;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.registry.fixture.TestBundles;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that were stored for a version and that no version needs ... */
class UnusedFilesTests {

  private final RetentionWorld world = new RetentionWorld();

  private Digest stored(String content) {
    Digest digest = world.use.bundles.put(Map.of("MLmodel", TestBundles.utf8(content))).digest();
    world.stored.note(digest);
    return digest;
  }

  private boolean isThere(Digest digest) {
    return world.use.bundles.sizeBytes(digest) > 0;
  }

  @ParameterizedTest
  @ValueSource(strings = {"failed", "cancelled", "succeeded"})
  void go_when_the_job_that_read_them_has_ended(String status) {
    Digest source = stored("native");
    world.stored.readBy(source, "job-1");
    world.job("job-1", "running");
    world.pass(RetentionWorld.KEEP);
    world.removeUnused();
    assertThat(isThere(source)).as("the job goes on").isTrue();

    world.job("job-1", status);
    world.removeUnused();
    assertThat(isThere(source)).as("looked at a while later").isTrue();
    world.pass(Duration.ofMinutes(5));
    world.removeUnused();
    assertThat(isThere(source)).isFalse();
    assertThat(world.stored.of(source)).isEmpty();
    assertThat(world.audit.actions).containsOnlyOnce("files.removed");
    world.removeUnused();
    assertThat(world.audit.actions)
        .as("twice is the same as once")
        .containsOnlyOnce("files.removed");
  }

  @Test
  void stay_for_a_while_and_again_when_they_are_stored_again() {
    Digest source = stored("native");
    world.pass(RetentionWorld.KEEP.minusSeconds(1));
    world.removeUnused();
    stored("native");
    world.pass(RetentionWorld.KEEP.minusSeconds(1));
    world.removeUnused();
    assertThat(isThere(source)).isTrue();
    world.pass(Duration.ofSeconds(1));
    world.removeUnused();
    assertThat(isThere(source)).isFalse();
  }

  /** The second attempt made the version; the first is late, still reads, and leaves nothing. */
  @Test
  void go_while_a_late_attempt_of_a_job_that_has_ended_may_still_read_them() {
    Digest source = stored("native");
    world.stored.readBy(source, "job-1");
    world.job("job-1", "running");
    ModelVersion version = world.has(1, Stage.DEVELOPMENT, "made by attempt 2");
    world.stored.note(version.bundle().digest());
    world.job("job-1", "succeeded");
    world.pass(RetentionWorld.KEEP);
    world.removeUnused();
    assertThat(isThere(source)).isFalse();
    assertThat(isThere(version.bundle().digest())).isTrue();
    assertThat(world.stored.of(version.bundle().digest())).as("nobody looks again").isEmpty();
  }

  @Test
  void stay_when_a_version_has_the_same_or_can_get_them_back() {
    ModelVersion version = world.has(1, Stage.DEVELOPMENT, "shared");
    Digest digest = stored("shared");
    world.stored.readBy(digest, "job-1");
    world.job("job-1", "failed");
    world.pass(RetentionWorld.KEEP);
    world.removeUnused();
    assertThat(isThere(digest)).isTrue();

    world.delete(version.number().value());
    stored("shared");
    world.pass(RetentionWorld.KEEP);
    world.removeUnused();
    assertThat(isThere(digest)).as("the version can be restored").isTrue();
  }

  @Test
  void stay_while_one_of_several_jobs_goes_on() {
    Digest source = stored("native");
    world.stored.readBy(source, "job-1");
    world.stored.readBy(source, "job-2");
    world.job("job-1", "failed");
    world.job("job-2", "queued");
    world.pass(RetentionWorld.KEEP);
    world.removeUnused();
    assertThat(isThere(source)).isTrue();
  }

  @Test
  void go_on_to_go_after_the_store_did_not_answer() {
    Digest source = stored("native");
    world.pass(RetentionWorld.KEEP);
    world.use.bundles.removalsBreakOff(true);
    world.removeUnused();
    assertThat(isThere(source)).isTrue();
    assertThat(here(() -> world.use.removals.hold(source, world.now())))
        .as("nobody begins to refer to them")
        .isFalse();
    world.use.bundles.removalsBreakOff(false);
    world.pass(Duration.ofMinutes(5));
    world.removeUnused();
    assertThat(isThere(source)).isFalse();
  }

  @Test
  void of_a_job_that_nobody_knows_go() {
    Digest source = stored("native");
    world.stored.readBy(source, "job-gone");
    world.pass(RetentionWorld.KEEP);
    world.removeUnused();
    assertThat(isThere(source)).isFalse();
  }
}
