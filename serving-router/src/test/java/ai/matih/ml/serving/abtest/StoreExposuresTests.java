package ai.matih.ml.serving.abtest;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.abtest.Units.Exposed;
import ai.matih.ml.serving.fixture.memory.InMemoryUnits;
import ai.matih.ml.serving.observation.BoundedQueue;
import ai.matih.ml.serving.traffic.Assignment;
import ai.matih.ml.serving.traffic.TestArm;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Exposures on their way ... */
class StoreExposuresTests {

  private static final TestArm ARM = new TestArm("t", "salt", true);

  private final InMemoryUnits units = new InMemoryUnits();
  private final BoundedQueue<Exposure> buffer = new BoundedQueue<>(3);
  private final StoreExposures store = new StoreExposures(buffer, units);

  @Test
  void are_lost_and_counted_when_there_is_no_place() {
    for (int i = 0; i < 5; i++) {
      buffer.add(exposure(i, null));
    }
    assertThat(buffer.waiting()).isEqualTo(3);
    assertThat(buffer.dropped()).isEqualTo(2);
  }

  @Test
  void wait_for_a_database_that_is_away_and_come_in_their_order() {
    units.away(true);
    buffer.add(exposure(1, null));
    buffer.add(exposure(2, "r-2"));
    assertThat(store.pass()).isZero();
    buffer.add(exposure(3, null));
    store.rest();
    assertThat(units.exposures()).isEmpty();

    units.away(false);
    store.rest();
    assertThat(units.exposures())
        .containsExactly(
            exposed(1, Optional.empty()),
            exposed(2, Optional.of(Assignment.hash("salt", "r-2"))),
            exposed(3, Optional.empty()));
    assertThat(buffer.dropped()).isZero();
  }

  private static Exposure exposure(long unit, @Nullable String request) {
    return new Exposure(new Tenant("acme"), ARM, unit, request, 1_000);
  }

  private static Exposed exposed(long unit, Optional<Long> request) {
    return new Exposed("acme", "t", unit, true, request, Instant.ofEpochSecond(1));
  }
}
