package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.traffic.DeployedTarget;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import java.time.Clock;
import java.util.Optional;

/** Begins tests: at once for a version that is ready, else as soon as it is. */
public final class StartTest {

  private final ProposeTest proposals;
  private final AbTests tests;
  private final TestTraffic arms;
  private final TrafficDocuments documents;
  private final Transactions transactions;
  private final Clock clock;

  public StartTest(
      ProposeTest proposals,
      AbTests tests,
      TestTraffic arms,
      TrafficDocuments documents,
      Transactions transactions,
      Clock clock) {
    this.proposals = proposals;
    this.tests = tests;
    this.arms = arms;
    this.documents = documents;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** A test of a deployed version, from now on. The same design again is the same test. */
  public AbTest now(ModelId model, long version, AbTestDesign design, String by) {
    if (documents.current(model).isEmpty()) {
      throw new Problem(
              ServingError.MODEL_NOT_SERVED, "Model %s was never deployed here.".formatted(model))
          .with("model_id", model.value());
    }
    return transactions.call(
        () -> {
          TrafficDocument traffic = documents.lock(model);
          DeployedTarget challenger =
              arms.deployed(model, version)
                  .orElseThrow(
                      () ->
                          new Problem(
                                  ServingError.NOT_DEPLOYED,
                                  "Version %d has no deployment; POST /api/v1/ml/models/%s/deploy with the strategy ab_test makes one."
                                      .formatted(version, model))
                              .with("version", version));
          AbTest test = proposals.propose(model, version, challenger.digest(), design, by);
          return test.isRunning() ? test : begin(test, traffic);
        });
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
          Optional<DeployedTarget> challenger = arms.deployed(waiting.model(), waiting.version());
          if (challenger.isEmpty()) {
            neverStarts(waiting, "Its version's deployment ended before it was ready.");
            return true;
          }
          if (!challenger.get().ready()) {
            return false;
          }
          try {
            begin(waiting, traffic);
          } catch (Problem objection) {
            neverStarts(waiting, String.valueOf(objection.getMessage()));
          }
          return true;
        });
  }

  private void neverStarts(AbTest waiting, String why) {
    tests.save(waiting.ended(AbTestMove.NEVER_STARTED, clock.instant(), why));
  }

  private AbTest begin(AbTest test, TrafficDocument traffic) {
    AbTest running = test.started(arms.publish(test, traffic));
    tests.save(running);
    return running;
  }
}
