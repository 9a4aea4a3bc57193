package ai.matih.ml.features.materialization;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.materialization.Materialization.Status;
import ai.matih.ml.features.materialization.Materialization.ViewProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReconcileMaterializationsTests {

  private final Fake fake = new Fake();
  private final ReconcileMaterializations reconcile =
      new ReconcileMaterializations(fake, fake.feast);

  @Test
  void a_queued_one_is_handed_to_feast_and_then_followed_to_its_end() {
    round();
    assertThat(fake.current.status()).isEqualTo(Status.RUNNING);
    assertThat(fake.current.attempts()).isEqualTo(1);

    fake.feast.run = run(Status.SUCCEEDED, "succeeded");
    round();
    assertThat(fake.current.status()).isEqualTo(Status.SUCCEEDED);
    assertThat(fake.current.percent()).isEqualTo(100);
    assertThat(fake.feast.starts).isEqualTo(1);
  }

  @Test
  void a_run_that_feast_forgot_is_started_again_but_not_for_ever() {
    round();
    for (int i = 0; i < 10; i++) {
      fake.feast.run = null;
      round();
    }

    assertThat(fake.feast.starts).isEqualTo(5);
    assertThat(fake.current.status()).isEqualTo(Status.FAILED);
    assertThat(fake.current.reason()).isEqualTo("GaveUp");
  }

  @Test
  void it_waits_while_feast_is_away_without_counting_attempts() {
    fake.feast.away = true;
    round();
    round();

    assertThat(fake.current.status()).isEqualTo(Status.QUEUED);
    assertThat(fake.current.reason()).isEqualTo("FeastUnavailable");
    assertThat(fake.current.attempts()).isZero();
  }

  @Test
  void a_refusal_ends_it_with_the_reason() {
    fake.feast.refusal = "there is no view";
    round();

    assertThat(fake.current.status()).isEqualTo(Status.FAILED);
    assertThat(fake.current.message()).isEqualTo("there is no view");
  }

  @Test
  void one_failed_view_fails_the_whole_and_is_named() {
    round();
    fake.feast.run =
        new FeastRuns.Run(
            Status.FAILED,
            List.of(
                view("a", "succeeded", Optional.empty()),
                view("b", "failed", Optional.of("no file"))));
    round();

    assertThat(fake.current.status()).isEqualTo(Status.FAILED);
    assertThat(fake.current.message()).isEqualTo("b: no file");
  }

  @Test
  void rows_that_could_not_be_used_are_told() {
    round();
    fake.feast.run =
        new FeastRuns.Run(
            Status.SUCCEEDED,
            List.of(
                new ViewProgress(
                    "a", "succeeded", 3, Optional.of(2L), Optional.of(1L), Optional.empty())));
    round();

    assertThat(fake.current.message())
        .isEqualTo("All views are filled. a: rows left out: 2 without a key, 1 without a time.");
  }

  /** As the reconciler calls it: not when it is over. */
  private void round() {
    if (!fake.current.status().isFinal()) {
      Duration rest =
          reconcile.step(new Claim(new Tenant("acme"), fake.current.id().toString(), 1));
      assertThat(rest.isZero()).isEqualTo(fake.current.status().isFinal());
    }
  }

  private static ViewProgress view(String name, String status, Optional<String> error) {
    return new ViewProgress(name, status, 3, Optional.empty(), Optional.empty(), error);
  }

  private static FeastRuns.Run run(Status status, String view) {
    return new FeastRuns.Run(status, List.of(view("a", view, Optional.empty())));
  }

  private static final class FakeFeast implements FeastRuns {
    private @Nullable Run run;
    private int starts;
    private boolean away;
    private @Nullable String refusal;

    @Override
    public Run start(Tenant tenant, Materialization wanted) {
      if (away) {
        throw new EngineFailure.Unavailable("feast", "gone", Optional.empty());
      }
      if (refusal != null) {
        throw new Refused(refusal);
      }
      starts++;
      Run started = run(Status.QUEUED, "pending");
      run = started;
      return started;
    }

    private static Run run(Status status, String view) {
      return ReconcileMaterializationsTests.run(status, view);
    }

    @Override
    public Optional<Run> find(Tenant tenant, Materialization wanted) {
      return Optional.ofNullable(run);
    }
  }

  /** One stored materialization. */
  private static final class Fake implements Materializations {
    private final FakeFeast feast = new FakeFeast();
    private Materialization current =
        new Materialization(
            new UUID(0, 1),
            Instant.EPOCH,
            Instant.EPOCH,
            List.of("a"),
            Status.QUEUED,
            List.of(),
            "Queued",
            "",
            Instant.EPOCH,
            "user:ada",
            Instant.EPOCH,
            Optional.empty(),
            0);

    @Override
    public Optional<Materialization> claimed(Claim claim) {
      return Optional.of(current);
    }

    @Override
    public void record(
        Claim claim,
        Status status,
        List<ViewProgress> progress,
        String reason,
        String message,
        boolean startedAgain) {
      current =
          new Materialization(
              current.id(),
              current.start(),
              current.end(),
              current.views(),
              status,
              progress,
              reason,
              message,
              current.since(),
              current.submittedBy(),
              current.createdAt(),
              Optional.empty(),
              current.attempts() + (startedAgain ? 1 : 0));
    }

    @Override
    public Materialization create(Instant start, Instant end, List<String> views, String by) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Materialization> find(UUID id) {
      return Optional.of(current);
    }

    @Override
    public Page<Materialization> list(PageRequest page) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void pushed(String view, int rows) {
      throw new UnsupportedOperationException();
    }
  }
}
