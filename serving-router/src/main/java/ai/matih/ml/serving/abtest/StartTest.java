package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
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
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Begins tests: at once for a version that is ready, else as soon as it is. A test compares with
 * the one Production version that gets traffic, and takes the whole traffic for itself.
 */
public final class StartTest {

  private final AbTests tests;
  private final TrafficDocuments documents;
  private final Targets targets;
  private final StageRule rule;
  private final Transactions transactions;
  private final Supplier<String> randomName;
  private final Clock clock;

  /**
   * @param randomName makes ids and salts that nobody had before
   */
  public StartTest(
      AbTests tests,
      TrafficDocuments documents,
      Targets targets,
      StageRule rule,
      Transactions transactions,
      Supplier<String> randomName,
      Clock clock) {
    this.tests = tests;
    this.documents = documents;
    this.targets = targets;
    this.rule = rule;
    this.transactions = transactions;
    this.randomName = randomName;
    this.clock = clock;
  }

  /** A test of a deployed version, from now on. The same plan again is the same test. */
  public AbTest now(ModelId model, long version, AbTerms terms, String by) {
    if (documents.current(model).isEmpty()) {
      throw new Problem(
              ServingError.MODEL_NOT_SERVED, "Model %s was never deployed here.".formatted(model))
          .with("model_id", model.value());
    }
    return transactions.call(
        () -> {
          TrafficDocument traffic = documents.lock(model);
          Map<Long, DeployedTarget> deployed = deployed(model);
          @Nullable DeployedTarget challenger = deployed.get(version);
          if (challenger == null) {
            throw new Problem(
                    ServingError.NOT_DEPLOYED,
                    "Version %d has no deployment; POST /api/v1/ml/models/%s/deploy with the strategy ab_test makes one."
                        .formatted(version, model))
                .with("version", version);
          }
          AbTest test = propose(model, version, challenger.digest(), terms, by);
          return test.isRunning() ? test : begin(test, traffic, deployed);
        });
  }

  /**
   * Writes down that a version shall be tested once it is ready. Runs in the caller's transaction,
   * under the model's lock.
   *
   * @param digest of the files that the version consists of
   */
  public AbTest propose(ModelId model, long version, String digest, AbTerms terms, String by) {
    Optional<AbTest> open = tests.open(model);
    if (open.isPresent()) {
      AbTest known = open.get();
      if (known.version() == version
          && known.digest().equals(digest)
          && known.terms().equals(terms)) {
        return known;
      }
      throw new Problem(
              ServingError.AB_TEST_OPEN,
              "The A/B test %s of version %d is %s; conclude or stop it first."
                  .formatted(known.id(), known.version(), known.state().wireName()))
          .with("ab_test_id", known.id());
    }
    AbTest test =
        new AbTest(
            randomName.get(),
            model,
            version,
            digest,
            Optional.empty(),
            AbTestState.WAITING,
            AbVerdict.NONE,
            terms,
            randomName.get(),
            Optional.empty(),
            by,
            clock.instant(),
            Optional.empty(),
            InterimAnalysis.first(clock.instant()));
    tests.add(test);
    return test;
  }

  /** Takes a waiting test one step on, if its time has come. */
  boolean step(AbTest seen) {
    return transactions.call(
        () -> {
          TrafficDocument traffic = documents.lock(seen.model());
          Optional<AbTest> now =
              tests.find(seen.model(), seen.id()).filter(t -> t.state() == AbTestState.WAITING);
          if (now.isEmpty()) {
            return false;
          }
          AbTest waiting = now.get();
          Map<Long, DeployedTarget> deployed = deployed(waiting.model());
          @Nullable DeployedTarget challenger = deployed.get(waiting.version());
          if (challenger == null) {
            neverStarts(waiting, "Its version's deployment ended before it was ready.");
            return true;
          }
          if (!challenger.ready()) {
            return false;
          }
          try {
            begin(waiting, traffic, deployed);
          } catch (Problem objection) {
            neverStarts(waiting, String.valueOf(objection.getMessage()));
          }
          return true;
        });
  }

  private void neverStarts(AbTest waiting, String why) {
    tests.save(waiting.ended(AbTestMove.NEVER_STARTED, clock.instant(), why));
  }

  private AbTest begin(AbTest test, TrafficDocument traffic, Map<Long, DeployedTarget> deployed) {
    DeployedTarget challenger = challenger(test, deployed);
    DeployedTarget control = control(test, traffic, deployed);
    Split split = Arms.split(control, challenger, test.terms().weight());
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
    AbTest running =
        test.started(
            new Control(
                control.version(), control.digest(), published.revision(), clock.instant()));
    tests.save(running);
    return running;
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

  private Map<Long, DeployedTarget> deployed(ModelId model) {
    return targets.of(model).stream()
        .collect(Collectors.toMap(DeployedTarget::version, target -> target));
  }
}
