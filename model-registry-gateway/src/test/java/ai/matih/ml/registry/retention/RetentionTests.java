package ai.matih.ml.registry.retention;

import static ai.matih.ml.registry.retention.RetentionWorld.here;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.ErrorCode;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.fixture.Samples;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.retention.Deletion.State;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How versions leave, and what keeps them ... */
class RetentionTests {

  private final RetentionWorld world = new RetentionWorld();

  private static void assertRefused(ThrowingCallable act, ErrorCode error) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.error()).isEqualTo(error));
  }

  @Test
  void a_deleted_version_can_be_restored_until_its_files_are_removed() {
    world.has(1, Stage.DEVELOPMENT);
    Deletion deletion = world.delete(1);
    assertRefused(() -> world.use.find.version(Samples.MODEL, 1), RegistryError.VERSION_DELETED);
    assertThat(world.remove(deletion).state()).as("too early").isEqualTo(State.WAITING);
    here(() -> world.delete.restore(Samples.MODEL, 1));
    assertThat(world.use.find.version(Samples.MODEL, 1).stage()).isEqualTo(Stage.DEVELOPMENT);

    Deletion again = world.delete(1);
    world.pass(RetentionWorld.GRACE);
    Deletion removed = world.remove(again);
    assertThat(removed.state()).isEqualTo(State.REMOVED);
    assertThat(removed.freedBytes()).hasValue((long) "files of 1".length());
    assertThat(world.use.bundles.isEmpty()).isTrue();
    assertThat(world.remove(again)).as("twice is the same as once").isEqualTo(removed);
    assertRefused(
        () -> here(() -> world.delete.restore(Samples.MODEL, 1)), RegistryError.NOT_RESTORABLE);
  }

  @Test
  void files_stay_while_another_version_has_the_same() {
    world.has(1, Stage.DEVELOPMENT, "shared");
    world.has(2, Stage.DEVELOPMENT, "shared");
    Deletion deletion = world.delete(1);
    world.pass(RetentionWorld.GRACE);
    Deletion removed = world.remove(deletion);
    assertThat(removed.freedBytes()).hasValue(0L);
    assertThat(removed.note()).hasValueSatisfying(note -> assertThat(note).contains("versions/2"));
    assertThat(world.use.bundles.isEmpty()).isFalse();
  }

  @Test
  void what_is_served_or_was_in_production_stays() {
    world.has(1, Stage.PRODUCTION);
    world.has(2, Stage.STAGING);
    world.router.deploy("acme", "churn", 2, 0);
    assertRefused(() -> world.delete(1), RegistryError.IN_USE);
    assertRefused(() -> world.delete(2), RegistryError.IN_USE);
    assertRefused(() -> world.delete(3), RegistryError.VERSION_NOT_FOUND);
  }

  @Test
  void files_wait_for_a_router_that_serves_them_or_does_not_answer() {
    world.has(1, Stage.DEVELOPMENT);
    Deletion deletion = world.delete(1);
    world.pass(RetentionWorld.GRACE);
    world.router.deploy("acme", "churn", 1, 0);
    assertThat(world.remove(deletion).note()).hasValue("The router still serves it.");
    world.router.away(true);
    assertThat(world.remove(deletion).note()).hasValue("serving-router gave no answer.");
    assertThat(world.use.deletions.waits).containsEntry(deletion.id(), Duration.ofMinutes(5));
  }

  @Test
  void a_model_leaves_at_once_and_its_versions_in_batches() {
    for (int number = 1; number <= 250; number++) {
      world.has(number, Stage.DEVELOPMENT);
    }
    DeleteModel.Deleted deleted =
        here(() -> world.deleteModel.delete(Samples.MODEL, Optional.empty(), "user:alice"));
    assertThat(deleted.versions()).hasSize(100);
    assertThat(deleted.remaining()).isEqualTo(150);
    assertRefused(() -> world.use.find.model(Samples.MODEL), RegistryError.MODEL_DELETED);
    assertThat(world.batches()).isEqualTo(2);
    assertThat(world.use.deletions.waiting(Samples.MODEL)).hasSize(250);

    here(
        () -> {
          world.deleteModel.restore(Samples.MODEL, "user:alice");
          return "";
        });
    assertThat(world.batches()).isPositive();
    assertThat(world.use.deletions.waiting(Samples.MODEL)).isEmpty();
    assertThat(world.use.find.version(Samples.MODEL, 250).number().value()).isEqualTo(250);
    assertRefused(
        () ->
            here(
                () -> {
                  world.deleteModel.restore(Samples.MODEL, "user:alice");
                  return "";
                }),
        RegistryError.NOT_RESTORABLE);
  }

  @Test
  void a_model_that_is_served_or_was_in_production_stays() {
    world.has(1, Stage.STAGING);
    world.router.deploy("acme", "churn", 1, 0);
    assertRefused(
        () -> here(() -> world.deleteModel.delete(Samples.MODEL, Optional.empty(), "user:a")),
        RegistryError.IN_USE);
    world.has(2, Stage.PRODUCTION);
    assertRefused(
        () -> here(() -> world.deleteModel.delete(Samples.MODEL, Optional.empty(), "user:a")),
        RegistryError.IN_USE);
  }

  @ParameterizedTest
  @CsvSource({
    "ARCHIVED, 89, false",
    "ARCHIVED, 91, true",
    "DEVELOPMENT, 179, false",
    "DEVELOPMENT, 181, true",
    "STAGING, 1000, false",
    "PRODUCTION, 1000, false"
  })
  void retention_deletes_what_stayed_too_long(Stage stage, int days, boolean deleted) {
    world.has(1, stage);
    here(
        () ->
            world.change.change(
                Samples.MODEL,
                new Retention(Optional.of(Duration.ofDays(90)), Optional.of(Duration.ofDays(180))),
                0,
                "user:alice"));
    world.pass(Duration.ofDays(days));
    here(
        () -> {
          world.apply.apply(world.use.deletions.retentionRow(Samples.MODEL));
          return "";
        });
    assertThat(world.deletion(1).isPresent()).isEqualTo(deleted);
  }

  @Test
  void retention_waits_for_a_router_that_is_away_and_keeps_what_is_refused() {
    world.has(1, Stage.ARCHIVED);
    here(
        () ->
            world.change.change(
                Samples.MODEL,
                new Retention(Optional.of(Duration.ZERO), Optional.empty()),
                0,
                "user:alice"));
    world.pass(Duration.ofDays(1));
    var row = world.use.deletions.retentionRow(Samples.MODEL);
    world.router.away(true);
    here(
        () -> {
          world.apply.apply(row);
          return "";
        });
    assertThat(world.use.deletions.waits).containsEntry(row, Duration.ofMinutes(5));
    world.router.away(false);
    world.router.deploy("acme", "churn", 1, 0);
    here(
        () -> {
          world.apply.apply(row);
          return "";
        });
    assertThat(world.deletion(1)).isEmpty();
    assertThat(world.use.deletions.waits).containsEntry(row, Duration.ofHours(1));
  }

  @Test
  void retention_is_changed_from_the_revision_that_was_read() {
    assertRefused(
        () -> here(() -> world.change.change(Samples.MODEL, Retention.FOR_EVER, 3, "user:alice")),
        CommonError.STALE_REVISION);
    assertThat(
            here(() -> world.change.change(Samples.MODEL, Retention.FOR_EVER, 0, "user:alice"))
                .revision())
        .isEqualTo(1);
  }
}
