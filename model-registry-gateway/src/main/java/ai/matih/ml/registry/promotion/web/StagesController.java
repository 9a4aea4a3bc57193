package ai.matih.ml.registry.promotion.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.ModelVersion;
import ai.matih.ml.registry.model.Stage;
import ai.matih.ml.registry.model.VersionNumber;
import ai.matih.ml.registry.model.VersionOverrides;
import ai.matih.ml.registry.model.VersionOverrides.VersionOverride;
import ai.matih.ml.registry.promotion.Approval;
import ai.matih.ml.registry.promotion.StageHistory;
import ai.matih.ml.registry.promotion.StagePeriod;
import ai.matih.ml.registry.promotion.Transition;
import ai.matih.ml.registry.promotion.Transitions;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Which version was in which stage at an instant, since when, by whom and on what evidence. */
@RestController
class StagesController {

  private final StageHistory history;
  private final Transitions transitions;
  private final VersionOverrides overrides;
  private final FindModel find;
  private final Transactions transactions;
  private final Clock clock;

  StagesController(
      StageHistory history,
      Transitions transitions,
      VersionOverrides overrides,
      FindModel find,
      Transactions transactions,
      Clock clock) {
    this.history = history;
    this.transitions = transitions;
    this.overrides = overrides;
    this.find = find;
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * @param production the version that Production meant then
   */
  record StagesAnswer(
      ModelId modelId, Instant at, Optional<VersionNumber> production, List<StageAnswer> items) {}

  /** All stages that one version was in, oldest first; with {@code at}, the one of that instant. */
  record VersionStagesAnswer(ModelId modelId, VersionNumber version, List<StageAnswer> items) {}

  /**
   * A version's stay in a stage.
   *
   * @param evidence the reports that the move into it rested on
   * @param approvals the agreements that it rested on
   * @param override the override that it rested on instead
   */
  record StageAnswer(
      VersionNumber version,
      Stage stage,
      boolean superseded,
      Instant since,
      Optional<Instant> until,
      Optional<UUID> transitionId,
      String by,
      Optional<String> reason,
      List<UUID> evidence,
      List<UUID> approvals,
      Optional<UUID> override) {

    static StageAnswer of(StagePeriod period, Optional<Transition> cause, Optional<UUID> override) {
      return new StageAnswer(
          period.version(),
          period.stage(),
          period.superseded(),
          period.from(),
          period.until(),
          period.transition(),
          period.actor(),
          period.reason(),
          cause.stream()
              .flatMap(move -> move.conditions().stream())
              .flatMap(condition -> condition.evidence().stream())
              .distinct()
              .toList(),
          cause.stream()
              .flatMap(move -> move.approvals().stream())
              .filter(approval -> approval.voided().isEmpty())
              .map(Approval::id)
              .toList(),
          override);
    }
  }

  @GetMapping("/api/v1/ml/models/{id}/stages")
  @Allow(Permission.MODELS_READ)
  StagesAnswer at(@PathVariable ModelId id, @RequestParam(required = false) @Nullable String at) {
    Instant instant = at == null ? clock.instant() : parse(at);
    return transactions.call(
        () -> {
          ModelId model = find.model(id).id();
          List<StagePeriod> periods = history.at(model, instant);
          return new StagesAnswer(
              model,
              instant,
              periods.stream()
                  .filter(period -> period.stage() == Stage.PRODUCTION && !period.superseded())
                  .map(StagePeriod::version)
                  .findFirst(),
              answers(model, periods));
        });
  }

  @GetMapping("/api/v1/ml/models/{id}/versions/{version}/stages")
  @Allow(Permission.MODELS_READ)
  VersionStagesAnswer of(
      @PathVariable ModelId id,
      @PathVariable int version,
      @RequestParam(required = false) @Nullable String at) {
    Optional<Instant> instant = Optional.ofNullable(at).map(StagesController::parse);
    return transactions.call(
        () -> {
          ModelVersion found = find.version(id, version);
          return new VersionStagesAnswer(
              found.model(),
              found.number(),
              answers(
                  found.model(),
                  history.of(found.model(), found.number()).stream()
                      .filter(period -> instant.isEmpty() || period.covers(instant.get()))
                      .toList()));
        });
  }

  private List<StageAnswer> answers(ModelId model, List<StagePeriod> periods) {
    Map<UUID, UUID> overridden =
        overrides.of(model).values().stream()
            .flatMap(List::stream)
            .collect(Collectors.toMap(VersionOverride::transitionId, VersionOverride::id));
    return periods.stream()
        .map(
            period ->
                StageAnswer.of(
                    period,
                    period.transition().flatMap(transitions::find),
                    period.transition().map(overridden::get)))
        .toList();
  }

  private static Instant parse(String at) {
    try {
      Instant instant = Instant.parse(at);
      if (instant.isBefore(Instant.EPOCH)
          || instant.isAfter(Instant.parse("9998-12-31T00:00:00Z"))) {
        throw Problem.invalid("at", "must be an instant from 1970 to 9998");
      }
      return instant;
    } catch (DateTimeException e) {
      throw Problem.invalid("at", "must be an instant like 2026-11-23T20:00:00Z");
    }
  }
}
