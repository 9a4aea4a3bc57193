package ai.matih.ml.registry.promotion;

import static ai.matih.ml.registry.model.Stage.ARCHIVED;
import static ai.matih.ml.registry.model.Stage.DEVELOPMENT;
import static ai.matih.ml.registry.model.Stage.PRODUCTION;
import static ai.matih.ml.registry.model.Stage.STAGING;

import ai.matih.ml.registry.model.Stage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Every move that a version can make between stages, and why it can make no other.
 *
 * <p>This is the only such table: what is not here does not happen.
 */
final class Moves {

  static final List<Move> TABLE =
      List.of(
          new Move(
              DEVELOPMENT,
              STAGING,
              "promote",
              List.of(
                  new PlatformChecksPassed(),
                  RequiredReportsPassed.beforeStaging(),
                  new MetricsMeetBaseline())),
          new Move(
              STAGING,
              PRODUCTION,
              "promote",
              List.of(
                  new IntegrationTestsPassed(),
                  RequiredReportsPassed.beforeProduction(),
                  new AbTestShowsImprovement(),
                  new ShadowAgrees(),
                  new ApprovedByOthers())),
          new Move(
              PRODUCTION,
              ARCHIVED,
              "retire",
              List.of(new NewerVersionInProduction(), new TrafficDrained())),
          new Move(
              STAGING,
              ARCHIVED,
              "withdraw",
              List.of(new WithdrawnByOwner(), new ReasonGiven(), new NoTraffic())),
          new Move(
              DEVELOPMENT,
              ARCHIVED,
              "withdraw",
              List.of(new WithdrawnByOwner(), new ReasonGiven(), new NoTraffic())),
          new Move(
              PRODUCTION,
              STAGING,
              "roll back",
              List.of(
                  new PreviousProductionExists(),
                  new PreviousProductionServes(),
                  new ReasonGiven())));

  /** What has to hold before all versions of a model are archived, whatever their stage. */
  private static final List<Guard> RETIREMENT =
      List.of(
          new ReasonGiven(), new ApprovedByOthers(), new NothingDeployed(), new TrafficDrained());

  private Moves() {}

  /** The move of the version that a model is retired by. */
  static Move retirement(Stage from) {
    return new Move(from, ARCHIVED, "retire the model", RETIREMENT);
  }

  static Optional<Move> find(Stage from, Stage to) {
    return TABLE.stream().filter(move -> move.from() == from && move.to() == to).findFirst();
  }

  /** Why there is no such move. */
  static String whyNot(Stage from, Stage to) {
    if (from == to) {
      return "The version is in %s already.".formatted(to.title());
    }
    if (from == ARCHIVED) {
      return "Archived is final; register the run again to begin anew.";
    }
    if (to == DEVELOPMENT) {
      return "Nothing goes back to Development; withdraw the version and register a better one.";
    }
    if (from == DEVELOPMENT && to == PRODUCTION) {
      return "Production is reached from Staging only; promote to Staging first.";
    }
    throw new IllegalArgumentException(from + " to " + to + " is in the table");
  }

  /** The table as a Mermaid state diagram, for {@code docs/}. */
  static String diagram() {
    return TABLE.stream()
        .map(
            move ->
                "    %s --> %s: %s (%s)\n"
                    .formatted(
                        move.from().title(), move.to().title(), move.name(), rules(move.guards())))
        .collect(
            Collectors.joining(
                "",
                "stateDiagram-v2\n    [*] --> Development: register\n",
                "    Production --> Archived: retire the model, with every other version (%s)\n    Archived --> [*]\n"
                    .formatted(rules(RETIREMENT))));
  }

  private static String rules(List<Guard> guards) {
    return guards.stream().map(Guard::rule).collect(Collectors.joining(" ∧ "));
  }
}
