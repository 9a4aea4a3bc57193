package ai.matih.ml.registry.promotion;

import ai.matih.ml.registry.evidence.EvidenceLog;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.promotion.AskRouter.Answers;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Reads everything that a decision rests on, in the caller's transaction. */
public final class GatherFacts {

  private final FindModel find;
  private final Versions versions;
  private final EvidenceLog evidence;
  private final Clock clock;

  public GatherFacts(FindModel find, Versions versions, EvidenceLog evidence, Clock clock) {
    this.find = find;
    this.versions = versions;
    this.evidence = evidence;
    this.clock = clock;
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  Facts of(Transition transition, Answers answers) {
    ModelId model = transition.model();
    Optional<ModelVersion> production = versions.currentProduction(model);
    return new Facts(
        find.model(model),
        find.version(model, transition.version().value()),
        find.policy(model, transition.policyRevision()),
        evidence.of(model, transition.version()),
        production.map(today -> evidence.of(model, today.number())).orElse(List.of()),
        production,
        versions.supersededProduction(model),
        transition.requester(),
        transition.reason(),
        transition.approvals(),
        answers.serving(),
        answers.abTests(),
        answers.shadows(),
        answers.previous(),
        answers.inService(),
        now());
  }
}
