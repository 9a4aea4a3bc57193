package ai.matih.ml.common.sample;

import static ai.matih.ml.common.testing.ReplicaEnds.AFTER_A_CRASH;
import static ai.matih.ml.common.testing.ReplicaEnds.AT_ONCE;
import static ai.matih.ml.common.testing.ReplicaEnds.await;
import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.reconcile.ClaimOvertaken;
import ai.matih.ml.common.reconcile.Held;
import ai.matih.ml.common.testing.ReplicaEnds;
import ai.matih.ml.common.trace.Trace;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** What is held by a replica that ends, on a real PostgreSQL. */
class ReplicaEndsIT {

  private static final Duration SOON = Duration.ofSeconds(20);

  private final Database database = TestEngines.postgres().freshDatabase("registry");
  private final UUID chore = UUID.randomUUID();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);
  private ConfigurableApplicationContext first;
  private @Nullable ConfigurableApplicationContext second;

  /** The first replica holds a row, in the middle of a step. */
  @BeforeEach
  void start() throws InterruptedException {
    SampleChores.STEPS.clear();
    SampleChores.STEPS.put("first", this::untilOpened);
    first = replica("first");
    execute("insert into registry.chore (tenant, id) values ('acme', '" + chore + "')");
    begun.await();
  }

  @AfterEach
  void stop() {
    open.countDown();
    first.close();
    if (second != null) {
      second.close();
    }
  }

  private ConfigurableApplicationContext replica(String name) {
    return SampleService.start(database, Map.of("sample.replica", name));
  }

  private Duration untilOpened(Held row) {
    begun.countDown();
    try {
      open.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
    return Duration.ZERO;
  }

  @Test
  void after_an_orderly_end_another_replica_goes_on_at_once() {
    second = replica("second");

    Duration pause = ReplicaEnds.pause(first::close, () -> doneBy("second"), AT_ONCE);

    assertThat(pause).isLessThan(AT_ONCE);
  }

  @Test
  void an_orderly_end_lets_a_step_finish() throws InterruptedException {
    second = replica("second");
    Thread end = Thread.ofVirtual().start(first::close);
    open.countDown();
    end.join();

    assertThat(doneBy("first")).isTrue();
    assertThat(number("select epoch from registry.chore")).isEqualTo(1);
  }

  @Test
  void after_a_crash_another_replica_goes_on_when_the_lease_is_over() {
    second = replica("second");

    Duration pause =
        ReplicaEnds.pause(() -> ReplicaEnds.kill(first), () -> doneBy("second"), AFTER_A_CRASH);

    assertThat(pause).isLessThan(AFTER_A_CRASH);
  }

  @Test
  void a_living_holder_is_not_overtaken_by_the_end_of_its_lease() {
    second = replica("second");
    long end = number("select extract(epoch from leased_until) from registry.chore");

    await(
        "the first lease is over",
        () -> number("select extract(epoch from now()) from registry.chore") > end + 3,
        SOON);
    assertThat(number("select epoch from registry.chore")).isEqualTo(1);
    open.countDown();

    await("the step ends", () -> doneBy("first"), SOON);
    assertThat(number("select epoch from registry.chore")).isEqualTo(1);
  }

  @Test
  void a_step_whose_row_somebody_else_has_is_told() {
    AtomicReference<@Nullable ClaimOvertaken> told = new AtomicReference<>();
    AtomicInteger steps = new AtomicInteger();
    SampleChores.STEPS.put(
        "first",
        row -> {
          steps.incrementAndGet();
          try {
            while (true) {
              row.requireHeld();
              Thread.onSpinWait();
            }
          } catch (ClaimOvertaken e) {
            told.set(e);
            throw e;
          }
        });
    open.countDown();
    await("the first step ends", () -> doneBy("first"), SOON);
    execute("update registry.chore set done_by = null");
    await("the second step begins", () -> steps.get() == 1, SOON);

    execute("update registry.chore set epoch = epoch + 1, done_by = 'somebody'");

    await("it is told", () -> told.get() != null, SOON);
    assertThat(doneBy("somebody")).isTrue();
  }

  @Test
  void a_row_that_rests_is_held_by_nobody() {
    SampleChores.STEPS.put("first", _ -> Duration.ofHours(1));
    execute("insert into registry.chore (tenant, id) values ('acme', '" + UUID.randomUUID() + "')");
    open.countDown();

    await(
        "the other row rests",
        () ->
            number(
                    "select count(*) from registry.chore where next_step_at > now() + interval '50"
                        + " minutes' and leased_until is null")
                == 1,
        SOON);

    SampleChores.STEPS.remove("first");
    execute("update registry.chore set next_step_at = now()");
    await("it is done", () -> number(DONE) == 2, SOON);
  }

  @Test
  void a_row_whose_step_fails_keeps_nobody_waiting_and_each_step_is_a_trace() {
    Set<Trace> failures = ConcurrentHashMap.newKeySet();
    SampleChores.STEPS.put(
        "first",
        row -> {
          if (row.id().equals(chore)) {
            failures.add(Trace.current().orElseThrow());
            throw new IllegalStateException("this row is broken");
          }
          return Duration.ZERO;
        });
    open.countDown();
    await("the first step ends", () -> doneBy("first"), SOON);
    execute("update registry.chore set done_by = null");
    await("the row fails again and again", () -> failures.size() > 2, SOON);

    execute("insert into registry.chore (tenant, id) values ('acme', '" + UUID.randomUUID() + "')");

    await("the other row is done", () -> number(DONE) == 1, SOON);
  }

  private static final String DONE =
      "select count(*) from registry.chore where done_by is not null";

  private boolean doneBy(String replica) {
    return number("select count(*) from registry.chore where done_by = '" + replica + "'") == 1;
  }

  private long number(String query) {
    try (Connection connection = database.as("postgres").connect();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  private void execute(String change) {
    try (Connection connection = database.as("postgres").connect();
        Statement statement = connection.createStatement()) {
      statement.execute(change);
    } catch (SQLException e) {
      throw new IllegalStateException(change, e);
    }
  }
}
