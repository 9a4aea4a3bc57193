package ai.matih.ml.registry.emergency;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.RegistryError;
import ai.matih.ml.registry.emergency.OverrideRecord.State;
import ai.matih.ml.registry.emergency.OverrideRecord.Undo;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.promotion.Gate;
import ai.matih.ml.registry.promotion.PromoteVersion;
import ai.matih.ml.registry.promotion.PromotionSettings;
import ai.matih.ml.registry.promotion.Requester;
import ai.matih.ml.registry.promotion.Transitions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends an override that nobody confirmed in time: marks it, and undoes its move by a roll-back
 * where the previous Production version still stands. Running it twice does nothing the second
 * time.
 */
public final class ExpireOverride {

  private static final Logger log = LoggerFactory.getLogger(ExpireOverride.class);

  /** Each try leaves a refusal in the audit. */
  private static final Duration AFTER_A_BAR = Duration.ofMinutes(1);

  private final Versions versions;
  private final Transitions transitions;
  private final Overrides overrides;
  private final Gate gate;
  private final PromoteVersion promote;
  private final PromotionSettings settings;
  private final ModelTransactions transactions;

  public ExpireOverride(
      Versions versions,
      Transitions transitions,
      Overrides overrides,
      Gate gate,
      PromoteVersion promote,
      PromotionSettings settings,
      ModelTransactions transactions) {
    this.versions = versions;
    this.transitions = transitions;
    this.overrides = overrides;
    this.gate = gate;
    this.promote = promote;
    this.settings = settings;
    this.transactions = transactions;
  }

  public void advance(UUID id) {
    Optional<OverrideRecord> seen =
        transactions.call(
            () -> {
              overrides.dueIn(id, settings.checkEvery());
              return overrides.find(id);
            });
    if (seen.isEmpty()) {
      return;
    }
    Optional<OverrideRecord> pending =
        transactions.locked(seen.get().model(), () -> lapse(seen.get().id()));
    pending.ifPresent(this::undo);
  }

  /** Marks it when its time is over; the override whose move is to be undone, if it is. */
  private Optional<OverrideRecord> lapse(UUID id) {
    OverrideRecord override = overrides.find(id).orElseThrow();
    if (override.state() == State.AWAITING_CONFIRMATION) {
      if (gate.now().isBefore(override.confirmBy())) {
        return Optional.empty();
      }
      override = store(override.unconfirmed(gate.now(), Undo.PENDING), "override.unconfirmed");
    }
    if (override.undo() != Undo.PENDING) {
      return Optional.empty();
    }
    Optional<Undo> end = whyNotToBeUndone(override);
    if (end.isPresent()) {
      store(override.undone(end.get()), "override.stands");
      return Optional.empty();
    }
    return Optional.of(override);
  }

  private Optional<Undo> whyNotToBeUndone(OverrideRecord override) {
    if (transitions.ofRequest(override.model(), Gate.PLATFORM, key(override)).isPresent()) {
      return Optional.of(Undo.DONE);
    }
    ModelVersion version = versions.find(override.model(), override.version()).orElseThrow();
    boolean stands =
        override.to() == Stage.PRODUCTION
            ? version.isCurrentProduction()
            : version.stage() == override.to();
    if (!stands) {
      return Optional.of(Undo.NOT_NEEDED);
    }
    return override.to() == Stage.PRODUCTION
            && versions.supersededProduction(override.model()).isPresent()
        ? Optional.empty()
        : Optional.of(Undo.IMPOSSIBLE);
  }

  /** The same act as everybody's roll-back; what bars it now is tried again later. */
  private void undo(OverrideRecord override) {
    try {
      promote.promote(
          override.model(),
          new PromoteVersion.Request(
              override.version(),
              Stage.STAGING,
              Optional.of("The override by %s was not confirmed in time.".formatted(override.by())),
              false,
              new Requester(Gate.PLATFORM, true),
              Optional.of(key(override))));
    } catch (Problem barred) {
      if (barred.error() != RegistryError.ILLEGAL_TRANSITION) {
        throw barred;
      }
      log.warn("{} waits to be undone: {}", override.path(), barred.detail());
      transactions.run(() -> overrides.dueIn(override.id(), AFTER_A_BAR));
      return;
    }
    transactions.runLocked(
        override.model(),
        () ->
            overrides
                .find(override.id())
                .filter(now -> now.undo() == Undo.PENDING)
                .ifPresent(now -> store(now.undone(Undo.DONE), "override.undone")));
  }

  private static String key(OverrideRecord override) {
    return "override " + override.id();
  }

  private OverrideRecord store(OverrideRecord override, String action) {
    overrides.save(override);
    transactions.record(
        action,
        override.path(),
        Map.of(
            "override", override.id(),
            "by", override.by(),
            "version", override.version(),
            "undo", override.undo()));
    if (override.undo() == Undo.IMPOSSIBLE) {
      log.warn(
          "{} was never confirmed and cannot be undone: version {} stays in {}",
          override.path(),
          override.version(),
          override.to().title());
    }
    return override;
  }
}
