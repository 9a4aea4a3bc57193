package ai.matih.ml.serving.drift;

import ai.matih.ml.common.outbox.Outbox;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.ClaimOvertaken;
import ai.matih.ml.common.reconcile.Held;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.drift.DriftAlert.Outcome;
import ai.matih.ml.serving.sketch.Arm;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Looks at one model: opens an alert for each arm that drifts as its settings say, closes those
 * that do not any more. Reading takes no lock; what follows is one transaction under the claim's
 * epoch, so that of two replicas one opens and one reacts.
 */
public final class WatchDrift {

  /** Told to the registry; the payload has the alert and whether it opened. */
  static final String TELL = "drift.told";

  /** Asks for a training job. */
  static final String RETRAIN = "drift.retraining";

  private final JudgeDrift judge;
  private final DriftWatches watches;
  private final Outbox outbox;
  private final Transactions transactions;
  private final Duration every;

  public WatchDrift(
      JudgeDrift judge,
      DriftWatches watches,
      Outbox outbox,
      Transactions transactions,
      Duration every) {
    this.judge = judge;
    this.watches = watches;
    this.outbox = outbox;
    this.transactions = transactions;
    this.every = every;
  }

  /** One look; says how long until the next one. */
  public Duration look(Held row) {
    Claim claim = row.claim();
    ModelId model = new ModelId(claim.id());
    WatchSettings settings = transactions.call(() -> watches.document(model)).settings();
    DriftReport report = judge.report(model, settings.window());
    row.requireHeld();
    transactions.run(
        () -> {
          if (!watches.lock(model, claim.epoch())) {
            throw new ClaimOvertaken(claim);
          }
          follow(model, settings, report);
        });
    return every;
  }

  private void follow(ModelId model, WatchSettings settings, DriftReport report) {
    Map<String, DriftAlert> open = new HashMap<>();
    watches.open(model).forEach(alert -> open.put(key(alert.version(), alert.variant()), alert));
    Set<String> seen = new HashSet<>();
    for (JudgedArm arm : report.arms()) {
      Arm about = arm.counted().arm();
      String key = key(about.version(), about.variant());
      // The files of a version may be others than they were; the arm is the same.
      if (!about.variant().equals(Arm.PINNED) && seen.add(key)) {
        follow(model, settings, report, arm, Optional.ofNullable(open.remove(key)));
      }
    }
    open.values().forEach(alert -> close(alert, "no_data", report.to()));
  }

  private void follow(
      ModelId model,
      WatchSettings settings,
      DriftReport report,
      JudgedArm arm,
      Optional<DriftAlert> open) {
    List<String> counting = counting(arm, settings.threshold());
    boolean drifts = counting.size() >= settings.minFeatures();
    if (open.isEmpty()) {
      if (drifts) {
        open(model, settings, report, arm, counting);
      }
      return;
    }
    if (drifts) {
      watches.save(open.get().seen(arm.severity(), counting, report.cause(), report.to()));
    } else if (arm.severity() != Severity.INSUFFICIENT_DATA
        && counting(arm, settings.keepsOpenFrom()).size() < settings.minFeatures()) {
      close(open.get(), "recovered", report.to());
    }
  }

  private static List<String> counting(JudgedArm arm, Severity from) {
    return arm.judged().stream()
        .filter(feature -> feature.severity().isAtLeast(from))
        .map(JudgedFeature::name)
        .toList();
  }

  private void open(
      ModelId model,
      WatchSettings settings,
      DriftReport report,
      JudgedArm arm,
      List<String> counting) {
    DriftAlert alert =
        new DriftAlert(
            UUID.randomUUID().toString(),
            model,
            arm.counted().arm().version(),
            arm.counted().arm().variant(),
            settings.window(),
            arm.severity(),
            counting,
            report.cause(),
            report.to(),
            report.to(),
            Optional.empty(),
            Optional.empty(),
            settings.reaction(),
            settings.reaction() == Reaction.LOG ? Outcome.NONE : Outcome.PENDING,
            Optional.empty(),
            Optional.empty());
    Optional<String> leftOut =
        settings.reaction() == Reaction.RETRAIN
            ? whyNotRetrain(alert, settings, report.to())
            : Optional.empty();
    watches.add(
        leftOut
            .map(why -> alert.reacted(Outcome.LEFT_OUT, Optional.of(why), Optional.empty()))
            .orElse(alert));
    if (settings.reaction() != Reaction.LOG) {
      tell(alert, true);
    }
    if (settings.reaction() == Reaction.RETRAIN && leftOut.isEmpty()) {
      outbox.append(RETRAIN, subject(alert), Map.of("alert_id", alert.id()));
    }
  }

  /** Under the model's lock, so that two arms that drift together are one job. */
  private Optional<String> whyNotRetrain(DriftAlert alert, WatchSettings settings, Instant now) {
    if (settings.retraining().isEmpty()) {
      return Optional.of("The settings have no training job.");
    }
    if (alert.cause() == Cause.ARM || alert.cause() == Cause.TRAINING_DATA) {
      return Optional.of(
          "The cause is %s; newer training rows would not change that."
              .formatted(alert.cause().wireName()));
    }
    WatchSettings.Retraining retraining = settings.retraining().get();
    if (!watches.retrainings(alert.model(), now.minus(settings.cooldown())).isEmpty()) {
      return Optional.of("A training job was submitted within the cooldown.");
    }
    return watches.retrainings(alert.model(), now.minus(retraining.period())).size()
            >= retraining.budget()
        ? Optional.of("The budget of training jobs is used up.")
        : Optional.empty();
  }

  private void close(DriftAlert alert, String because, Instant at) {
    watches.save(alert.closed(because, at));
    if (alert.reaction() != Reaction.LOG) {
      tell(alert, false);
    }
  }

  private void tell(DriftAlert alert, boolean opened) {
    outbox.append(TELL, subject(alert), Map.of("alert_id", alert.id(), "opened", opened));
  }

  private static String subject(DriftAlert alert) {
    return "models/%s/versions/%d".formatted(alert.model(), alert.version());
  }

  private static String key(long version, String variant) {
    return version + " " + variant;
  }
}
