package ai.matih.ml.registry.retention;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelTransactions;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.model.Versions.VersionState;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.Transitions;
import ai.matih.ml.registry.retention.Deletion.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes what a model keeps no longer, with every refusal that a person would get. */
public final class ApplyRetention {

  private static final Logger log = LoggerFactory.getLogger(ApplyRetention.class);
  private static final int BATCH = 100;

  private record Due(RetentionRevision retention, List<VersionNumber> versions) {}

  private final Models models;
  private final Versions versions;
  private final Transitions transitions;
  private final Deletions deletions;
  private final DeleteVersions delete;
  private final ModelTransactions transactions;
  private final RetentionSettings settings;

  public ApplyRetention(
      Models models,
      Versions versions,
      Transitions transitions,
      Deletions deletions,
      DeleteVersions delete,
      ModelTransactions transactions,
      RetentionSettings settings) {
    this.models = models;
    this.versions = versions;
    this.transitions = transitions;
    this.deletions = deletions;
    this.delete = delete;
    this.transactions = transactions;
    this.settings = settings;
  }

  /** Applies one model's retention; what remains is done the next time. */
  public void apply(UUID id) {
    Optional<Due> due = transactions.call(() -> due(id));
    Duration next = settings.applyEvery();
    if (due.isPresent()) {
      for (VersionNumber version : due.get().versions()) {
        try {
          delete.delete(
              due.get().retention().model(),
              version.value(),
              Optional.of("The model's retention."),
              "platform",
              Cause.RETENTION);
        } catch (Problem refused) {
          log.debug("{} is kept: {}", version, refused.detail());
        } catch (EngineFailure failure) {
          log.info("Retention waits: {}", failure.getMessage());
          next = settings.retryAfter();
          break;
        }
      }
    }
    Duration wait = next;
    transactions.run(() -> deletions.applied(id, wait));
  }

  private Optional<Due> due(UUID id) {
    return deletions
        .retention(id)
        .filter(retention -> models.find(retention.model()).isPresent())
        .map(retention -> new Due(retention, due(retention.model(), retention.retention())));
  }

  private List<VersionNumber> due(ModelId model, Retention retention) {
    Instant now = transactions.now();
    Set<VersionNumber> busy =
        transitions.open(model).stream().map(Transition::version).collect(Collectors.toSet());
    return versions.states(model).stream()
        .filter(version -> !version.deleted() && !busy.contains(version.number()))
        .filter(
            version -> keep(retention, version).filter(until -> until.isBefore(now)).isPresent())
        .map(VersionState::number)
        .limit(BATCH)
        .toList();
  }

  private static Optional<Instant> keep(Retention retention, VersionState version) {
    Optional<Duration> keep =
        switch (version.stage()) {
          case ARCHIVED -> retention.keepArchived();
          case DEVELOPMENT -> retention.keepDevelopment();
          case STAGING, PRODUCTION -> Optional.empty();
        };
    return keep.map(version.stageSince()::plus);
  }
}
