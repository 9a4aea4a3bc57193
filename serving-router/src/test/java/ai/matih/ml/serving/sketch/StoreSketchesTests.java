package ai.matih.ml.serving.sketch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.engine.files.LocalBundles;
import ai.matih.ml.serving.fixture.TestBundles;
import ai.matih.ml.serving.observation.AnsweredPrediction;
import ai.matih.ml.serving.traffic.ChosenTarget;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Counts on their way to the database ... */
class StoreSketchesTests {

  private static final Duration WIDTH = Duration.ofMinutes(5);
  private static final Bundle BUNDLE =
      LocalBundles.readVerified(
          TestBundles.folder("watched"), TestBundles.artifact("acme", "watched").digest());

  private final Moving clock = new Moving();
  private final Kept kept = new Kept();
  private final SketchObserver observer = observer();
  private final StoreSketches store = new StoreSketches(observer, kept, WIDTH, clock, "one");

  @Test
  void tell_a_slot_as_a_whole_until_it_is_over() {
    answered(observer, 3);
    store.pass();
    answered(observer, 2);
    store.pass();
    store.pass();
    assertThat(kept.answered()).isEqualTo(5);

    clock.now = clock.now.plus(WIDTH);
    answered(observer, 1);
    store.pass();
    assertThat(kept.slots).hasSize(2);
    assertThat(kept.answered()).isEqualTo(6);
  }

  @Test
  void of_a_telling_that_was_stored_without_an_answer_are_there_once() {
    answered(observer, 3);
    kept.loseAnswer = true;
    store.pass();
    kept.loseAnswer = false;
    store.pass();

    assertThat(kept.answered()).isEqualTo(3);
  }

  @Test
  void wait_while_the_database_is_away_and_are_given_up_after_an_hour() {
    answered(observer, 3);
    kept.away = true;
    store.pass();
    clock.now = clock.now.plus(Duration.ofMinutes(30));
    answered(observer, 4);
    store.pass();
    clock.now = clock.now.plus(Duration.ofMinutes(50));
    kept.away = false;
    store.pass();

    assertThat(kept.answered()).isEqualTo(4);
    assertThat(store.lost()).isEqualTo(3);
  }

  @Test
  void of_two_routers_and_of_one_before_and_after_a_restart_add_up() {
    answered(observer, 3);
    store.pass();
    SketchObserver second = observer();
    answered(second, 4);
    new StoreSketches(second, kept, WIDTH, clock, "two").pass();

    assertThat(kept.slots).hasSize(2);
    assertThat(kept.answered()).isEqualTo(7);
  }

  @Test
  void of_a_deployment_that_ended_are_told_once_more() {
    answered(observer, 3);
    observer.keepOnly(Set.of());
    answered(observer, 2);
    store.pass();

    assertThat(kept.answered()).isEqualTo(3);
  }

  private static SketchObserver observer() {
    SketchObserver observer = new SketchObserver();
    observer.loaded("d1", BUNDLE);
    return observer;
  }

  private static void answered(SketchObserver observer, int times) {
    for (int i = 0; i < times; i++) {
      observer.answered(
          new AnsweredPrediction(
              new Tenant("acme"),
              new ModelId("late"),
              "r-1",
              true,
              new ChosenTarget(1, "d1", Stage.PRODUCTION, "stable", 1, 17, 4711, null),
              new Batch(BUNDLE.signature(), 1),
              new Scores(BUNDLE.signature(), 1, new float[] {0.5f, 0.5f}),
              Duration.ofMillis(1),
              Duration.ofMillis(1),
              0));
    }
  }

  private static final class Moving extends Clock {
    private Instant now = Instant.parse("2026-11-30T12:01:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static final class Kept implements Sketches {
    private final Map<List<Object>, Tally> slots = new HashMap<>();
    private boolean away;
    private boolean loseAnswer;

    @Override
    public void store(String source, Duration width, List<Slot> told) {
      if (away) {
        throw new IllegalStateException("away");
      }
      told.forEach(
          slot ->
              slots.put(
                  List.of(source, slot.counted().arm(), slot.slot()), slot.counted().tally()));
      if (loseAnswer) {
        throw new IllegalStateException("the answer was lost");
      }
    }

    long answered() {
      return slots.values().stream().mapToLong(Tally::answered).sum();
    }

    @Override
    public Window since(
        ModelId model, Instant from, Optional<Long> version, Optional<String> variant) {
      return new Window(from, List.of());
    }

    @Override
    public int tidy(Instant settled, Instant old, int limit) {
      return 0;
    }
  }
}
