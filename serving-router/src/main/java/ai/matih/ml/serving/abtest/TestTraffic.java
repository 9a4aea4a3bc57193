package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.abtest.AbTest.Control;
import ai.matih.ml.serving.traffic.DeployedTarget;
import ai.matih.ml.serving.traffic.Split;
import ai.matih.ml.serving.traffic.StageRule;
import ai.matih.ml.serving.traffic.Target;
import ai.matih.ml.serving.traffic.Targets;
import ai.matih.ml.serving.traffic.TrafficChange;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gives a model's whole traffic to a test: its challenger against the one Production version that
 * gets traffic.
 */
public final class TestTraffic {

  private final TrafficDocuments documents;
  private final Targets targets;
  private final StageRule rule;
  private final Clock clock;

  public TestTraffic(TrafficDocuments documents, Targets targets, StageRule rule, Clock clock) {
    this.documents = documents;
    this.targets = targets;
    this.rule = rule;
    this.clock = clock;
  }

  /** The deployment of a version, if it has one that has not ended. */
  Optional<DeployedTarget> deployed(ModelId model, long version) {
    return targets.of(model).stream().filter(target -> target.version() == version).findFirst();
  }

  /**
   * Publishes the revision that runs the test. In the caller's transaction, under the model's lock.
   *
   * @return what the challenger is compared with
   * @throws Problem when an arm is not fit for it
   */
  Control publish(AbTest test, TrafficDocument traffic) {
    Map<Long, DeployedTarget> deployed =
        targets.of(test.model()).stream()
            .collect(Collectors.toMap(DeployedTarget::version, target -> target));
    DeployedTarget challenger = challenger(test, deployed);
    DeployedTarget control = control(test, traffic, deployed);
    Split split = Arms.split(control, challenger, test.design().weight());
    rule.objection(
            split,
            Map.of(control.version(), control.stage(), challenger.version(), challenger.stage()))
        .ifPresent(
            objection -> {
              throw new Problem(ServingError.STAGE_FORBIDS, objection)
                  .with("stage", challenger.stage().wireName());
            });
    TrafficDocument published =
        documents.publish(
            traffic,
            new TrafficChange(split, Cause.TESTED, Optional.empty(), test.requestedBy())
                .inTest(test.id(), test.salt()));
    return new Control(control.version(), control.digest(), published.revision(), clock.instant());
  }

  private static DeployedTarget challenger(AbTest test, Map<Long, DeployedTarget> deployed) {
    @Nullable DeployedTarget challenger = deployed.get(test.version());
    if (challenger == null || !challenger.ready()) {
      throw new Problem(
              ServingError.TARGET_NOT_READY,
              "Version %d has no deployment that is ready.".formatted(test.version()))
          .with("version", test.version());
    }
    if (!challenger.digest().equals(test.digest())) {
      throw new Problem(
          ServingError.TARGET_NOT_READY,
          "Version %d is deployed with other files than the test was asked for."
              .formatted(test.version()));
    }
    return challenger;
  }

  private static DeployedTarget control(
      AbTest test, TrafficDocument traffic, Map<Long, DeployedTarget> deployed) {
    List<Target> others =
        traffic.split().targets().stream()
            .filter(t -> t.version() != test.version() && t.weight().bps() > 0)
            .toList();
    if (others.size() > 1) {
      throw new Problem(
          ServingError.TRAFFIC_SHARED,
          "Versions %s share the traffic; a test compares two versions, so leave it to one first."
              .formatted(
                  others.stream()
                      .map(t -> String.valueOf(t.version()))
                      .collect(Collectors.joining(", "))));
    }
    @Nullable DeployedTarget control =
        others.isEmpty() ? null : deployed.get(others.getFirst().version());
    if (control == null || !control.ready() || control.stage() != Stage.PRODUCTION) {
      throw new Problem(
          ServingError.NO_CONTROL,
          control == null
              ? "No other version gets traffic that version %d could be compared with."
                  .formatted(test.version())
              : "Version %d gets the traffic and is in %s; a test compares with Production."
                  .formatted(control.version(), control.stage().wireName()));
    }
    return control;
  }
}
