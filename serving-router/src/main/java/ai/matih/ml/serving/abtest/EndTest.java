package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.traffic.TrafficChange;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import ai.matih.ml.serving.traffic.TrafficListener;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Ends tests: by their numbers, by a person, or because the traffic went another way. A test that
 * found its challenger worse, or that means nothing, gives the traffic back to control; any other
 * end of a test leaves every unit where it is, and only being stopped gives it back as well.
 */
public final class EndTest implements TrafficListener {

  private static final String PLATFORM = "platform";

  private final AbTests tests;
  private final Units units;
  private final TrafficDocuments documents;
  private final Transactions transactions;
  private final Clock clock;

  public EndTest(
      AbTests tests,
      Units units,
      TrafficDocuments documents,
      Transactions transactions,
      Clock clock) {
    this.tests = tests;
    this.units = units;
    this.documents = documents;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** Takes the verdict of this moment as the final one. What is over stays as it is. */
  public AbTest conclude(ModelId model, String id, Optional<String> reason, String by) {
    require(model, id);
    return transactions.call(
        () -> {
          TrafficDocument traffic = documents.lock(model);
          AbTest test = require(model, id);
          if (test.state().isOver()) {
            return test;
          }
          if (!test.isRunning()) {
            throw new Problem(
                    ServingError.AB_TEST_NOT_STARTED,
                    "The test waits for version %d to be ready; stop it, or wait."
                        .formatted(test.version()))
                .with("ab_test_id", id);
          }
          AbTest seen = after(test, units.tally(id), clock.instant(), traffic);
          return seen.isRunning()
              ? saved(
                  seen.ended(AbTestMove.CALLED, clock.instant(), reason("Concluded", by, reason)))
              : seen;
        });
  }

  /** Ends it and gives the traffic back to control. What is over stays as it is. */
  public AbTest stop(ModelId model, String id, Optional<String> reason, String by) {
    require(model, id);
    return transactions.call(
        () -> {
          TrafficDocument traffic = documents.lock(model);
          AbTest test = require(model, id);
          String why = reason("Stopped", by, reason);
          return switch (test.state()) {
            case CONCLUDED, STOPPED, INVALID -> test;
            case WAITING -> saved(test.ended(AbTestMove.NEVER_STARTED, clock.instant(), why));
            case RUNNING -> {
              AbTest seen = after(test, units.tally(id), clock.instant(), traffic);
              if (!seen.isRunning()) {
                yield seen;
              }
              AbTest stopped = saved(seen.ended(AbTestMove.BROKEN_OFF, clock.instant(), why));
              toControl(stopped, traffic, why, by);
              yield stopped;
            }
          };
        });
  }

  /** Stores an interim analysis, and ends the test where it decides. Under the model's lock. */
  AbTest after(AbTest running, Tally tally, Instant at, TrafficDocument traffic) {
    AbTest seen = running.seen(running.analysis().next(running.design(), tally, at));
    return switch (seen.verdict()) {
      case BETTER -> decided(seen, at);
      case WORSE -> {
        AbTest worse = decided(seen, at);
        toControl(
            worse,
            traffic,
            "An A/B test found version %d worse.".formatted(seen.version()),
            PLATFORM);
        yield worse;
      }
      case INVALID -> {
        String why =
            "The units came to the arms in another ratio than promised: %d to control, %d to the challenger at %d of 10000. Answers of one arm fail or get lost; find out why and test again."
                .formatted(
                    tally.control().units(),
                    tally.challenger().units(),
                    seen.design().weight().bps());
        AbTest spoiled = saved(seen.ended(AbTestMove.SPOILED, at, why));
        toControl(spoiled, traffic, why, PLATFORM);
        yield spoiled;
      }
      case NONE, NOT_WORSE, INCONCLUSIVE ->
          running
                  .startedAt()
                  .filter(s -> !s.plus(seen.design().maxDuration()).isAfter(at))
                  .isPresent()
              ? saved(
                  seen.ended(
                      AbTestMove.TIMED_OUT,
                      at,
                      "It ran for %s, as long as it may.".formatted(seen.design().maxDuration())))
              : saved(seen);
    };
  }

  private AbTest decided(AbTest seen, Instant at) {
    return saved(
        seen.ended(
            AbTestMove.DECIDED,
            at,
            seen.analysis()
                .broken(seen.design())
                .map(
                    guardrail ->
                        "The challenger makes %s worse by more than %s, the margin of that guardrail."
                            .formatted(guardrail.metric(), guardrail.margin()))
                .orElseGet(
                    () ->
                        "The always-valid p-value fell below %s."
                            .formatted(seen.design().alpha()))));
  }

  /** A revision that is not the test's own ends it: from there on other people see other arms. */
  @Override
  public void published(TrafficDocument before, TrafficDocument after) {
    if (before.test().isEmpty() || before.test().equals(after.test())) {
      return;
    }
    tests
        .find(before.model(), before.test().get())
        .filter(AbTest::isRunning)
        .ifPresent(
            running -> {
              boolean anew =
                  after.split().targets().stream()
                      .anyMatch(
                          now ->
                              before
                                  .split()
                                  .target(now.version())
                                  .filter(was -> !was.deploymentId().equals(now.deploymentId()))
                                  .isPresent());
              String why =
                  (anew
                          ? "An arm was deployed anew (revision %d of the traffic, %s by %s)."
                          : "The traffic went another way (revision %d, %s by %s).")
                      .formatted(
                          after.revision(),
                          after.cause().name().toLowerCase(Locale.ROOT),
                          after.changedBy());
              saved(
                  running.ended(
                      anew ? AbTestMove.SPOILED : AbTestMove.BROKEN_OFF, clock.instant(), why));
            });
  }

  private void toControl(AbTest over, TrafficDocument traffic, String why, String by) {
    if (traffic.test().filter(over.id()::equals).isPresent()) {
      documents.publish(
          traffic,
          new TrafficChange(
              traffic.split().without(over.version()), Cause.ABORTED, Optional.of(why), by));
    }
  }

  private AbTest saved(AbTest test) {
    tests.save(test);
    return test;
  }

  private AbTest require(ModelId model, String id) {
    return tests
        .find(model, id)
        .orElseThrow(
            () ->
                new Problem(ServingError.AB_TEST_NOT_FOUND, "There is no such A/B test.")
                    .with("ab_test_id", id));
  }

  private static String reason(String what, String by, Optional<String> reason) {
    return "%s by %s%s".formatted(what, by, reason.map(why -> ": " + why).orElse("."));
  }
}
