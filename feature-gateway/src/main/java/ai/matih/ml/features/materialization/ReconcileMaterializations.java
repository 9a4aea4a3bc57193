package ai.matih.ml.features.materialization;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.features.materialization.Materialization.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes each unfinished materialization one step on: hand it to Feast, or look how far it is.
 *
 * <p>A run that Feast forgot (its server was restarted) is started again: writing the same values
 * twice is the same as once.
 */
public final class ReconcileMaterializations {

  private static final int MAX_ATTEMPTS = 5;
  private static final Duration BETWEEN_STEPS = Duration.ofMillis(700);

  private final Materializations stored;
  private final FeastRuns feast;

  public ReconcileMaterializations(Materializations stored, FeastRuns feast) {
    this.stored = stored;
    this.feast = feast;
  }

  /**
   * One step of one materialization.
   *
   * @return how long it rests; zero when it is over
   */
  public Duration step(Claim claim) {
    Optional<Materialization> wanted = stored.claimed(claim);
    wanted.ifPresent(unfinished -> step(claim, unfinished));
    boolean over = stored.claimed(claim).filter(now -> !now.status().isFinal()).isEmpty();
    return over ? Duration.ZERO : BETWEEN_STEPS;
  }

  private void step(Claim claim, Materialization wanted) {
    try {
      Optional<FeastRuns.Run> run =
          wanted.status() == Status.QUEUED ? Optional.empty() : feast.find(claim.tenant(), wanted);
      if (run.isPresent()) {
        record(claim, run.get(), false);
      } else if (wanted.attempts() >= MAX_ATTEMPTS) {
        stored.record(
            claim,
            Status.FAILED,
            wanted.progress(),
            "GaveUp",
            "Feast lost it " + MAX_ATTEMPTS + " times.",
            false);
      } else {
        record(claim, feast.start(claim.tenant(), wanted), true);
      }
    } catch (FeastRuns.Refused refused) {
      stored.record(
          claim, Status.FAILED, wanted.progress(), "RefusedByFeast", refused.reason(), false);
    } catch (EngineFailure away) {
      stored.record(
          claim,
          wanted.status(),
          wanted.progress(),
          "FeastUnavailable",
          away.engine() + " is away or failed; it goes on when that is back.",
          false);
    }
  }

  private static String filled(List<Materialization.ViewProgress> views) {
    return Stream.concat(
            Stream.of("All views are filled."),
            views.stream().flatMap(view -> view.leftOut().stream()))
        .collect(Collectors.joining(" "));
  }

  private void record(Claim claim, FeastRuns.Run run, boolean started) {
    List<Materialization.ViewProgress> failed =
        run.views().stream().filter(v -> v.status().equals("failed")).toList();
    String message =
        switch (run.status()) {
          case QUEUED -> "Feast will start it when the project's writer is free.";
          case RUNNING -> "Feast is writing.";
          case SUCCEEDED -> filled(run.views());
          case FAILED ->
              failed.isEmpty()
                  ? "Feast failed."
                  : failed.getFirst().name() + ": " + failed.getFirst().error().orElse("failed");
        };
    String reason =
        switch (run.status()) {
          case QUEUED -> "Queued";
          case RUNNING -> "Running";
          case SUCCEEDED -> "Succeeded";
          case FAILED -> "ViewFailed";
        };
    Status status = run.status() == Status.QUEUED ? Status.RUNNING : run.status();
    stored.record(claim, status, run.views(), reason, message, started);
  }
}
