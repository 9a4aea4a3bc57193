package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;

/** Writes down that a version shall be tested once it is ready. */
public final class ProposeTest {

  private final AbTests tests;
  private final Clock clock;

  public ProposeTest(AbTests tests, Clock clock) {
    this.tests = tests;
    this.clock = clock;
  }

  /**
   * The waiting test; the open one when the same is proposed again. Runs in the caller's
   * transaction, under the model's lock.
   *
   * @param digest of the files that the version consists of
   */
  public AbTest propose(
      ModelId model, long version, String digest, AbTestDesign design, String by) {
    Optional<AbTest> open = tests.open(model);
    if (open.isPresent()) {
      AbTest known = open.get();
      if (known.version() == version
          && known.digest().equals(digest)
          && known.design().equals(design)) {
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
            UUID.randomUUID().toString(),
            model,
            version,
            digest,
            Optional.empty(),
            AbTestState.WAITING,
            AbVerdict.NONE,
            design,
            UUID.randomUUID().toString(),
            Optional.empty(),
            by,
            clock.instant(),
            Optional.empty(),
            InterimAnalysis.first(clock.instant()));
    tests.add(test);
    return test;
  }
}
