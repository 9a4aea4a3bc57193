package ai.matih.ml.features.materialization;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.materialization.Materialization.Status;
import ai.matih.ml.features.materialization.Materialization.ViewProgress;
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
    reconcile.round();
    assertThat(fake.current.status()).isEqualTo(Status.RUNNING);
    assertThat(fake.current.attempts()).isEqualTo(1);

    fake.feast.run = run(Status.SUCCEEDED, "succeeded");
    reconcile.round();
    assertThat(fake.current.status()).isEqualTo(Status.SUCCEEDED);
    assertThat(fake.current.percent()).isEqualTo(100);
    assertThat(fake.feast.starts).isEqualTo(1);
  }

  @Test
  void a_run_that_feast_forgot_is_started_again_but_not_for_ever() {
    reconcile.round();
    for (int i = 0; i < 10; i++) {
      fake.feast.run = null;
      reconcile.round();
    }

    assertThat(fake.feast.starts).isEqualTo(5);
    assertThat(fake.current.status()).isEqualTo(Status.FAILED);
    assertThat(fake.current.reason()).isEqualTo("GaveUp");
  }

  @Test
  void it_waits_while_feast_is_away_without_counting_attempts() {
    fake.feast.away = true;
    reconcile.round();
    reconcile.round();

    assertThat(fake.current.status()).isEqualTo(Status.QUEUED);
    assertThat(fake.current.reason()).isEqualTo("FeastUnavailable");
    assertThat(fake.current.attempts()).isZero();
  }

  @Test
  void a_refusal_ends_it_with_the_reason() {
    fake.feast.refusal = "there is no view";
    reconcile.round();

    assertThat(fake.current.status()).isEqualTo(Status.FAILED);
    assertThat(fake.current.message()).isEqualTo("there is no view");
  }

  @Test
  void one_failed_view_fails_the_whole_and_is_named() {
    reconcile.round();
    fake.feast.run =
        new FeastRuns.Run(
            Status.FAILED,
            List.of(
                new ViewProgress("a", "succeeded", 3, Optional.empty()),
                new ViewProgress("b", "failed", 0, Optional.of("no file"))));
    reconcile.round();

    assertThat(fake.current.status()).isEqualTo(Status.FAILED);
    assertThat(fake.current.message()).isEqualTo("b: no file");
  }

  private static FeastRuns.Run run(Status status, String view) {
    return new FeastRuns.Run(status, List.of(new ViewProgress("a", view, 3, Optional.empty())));
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
    public List<Claim> take() {
      return current.status().isFinal()
          ? List.of()
          : List.of(new Claim(new Tenant("acme"), current.id().toString(), 1));
    }

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
