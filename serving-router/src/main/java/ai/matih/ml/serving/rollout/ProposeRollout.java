package ai.matih.ml.serving.rollout;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.abtest.AbTests;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Writes down that a version shall be rolled out once it is ready. */
public final class ProposeRollout {

  private final GradualRollouts rollouts;
  private final AbTests tests;
  private final Clock clock;

  public ProposeRollout(GradualRollouts rollouts, AbTests tests, Clock clock) {
    this.rollouts = rollouts;
    this.tests = tests;
    this.clock = clock;
  }

  /**
   * The waiting roll-out; the open one when the same is proposed again. Runs in the caller's
   * transaction, under the model's lock.
   *
   * @param digest of the files that the version consists of
   */
  public GradualRollout propose(
      ModelId model,
      long version,
      String deploymentId,
      String digest,
      RolloutDesign design,
      String by) {
    Optional<GradualRollout> open = rollouts.open(model);
    if (open.isPresent()) {
      GradualRollout known = open.get();
      if (known.deploymentId().equals(deploymentId) && known.design().equals(design)) {
        return known;
      }
      throw new Problem(
              ServingError.ROLLOUT_OPEN,
              "The roll-out %s of version %d is %s; abort it or wait for its end first."
                  .formatted(known.id(), known.version(), known.state().wireName()))
          .with("rollout_id", known.id());
    }
    tests
        .open(model)
        .ifPresent(
            test -> {
              throw new Problem(
                      ServingError.AB_TEST_OPEN,
                      "The A/B test %s of version %d is %s; conclude or stop it first."
                          .formatted(test.id(), test.version(), test.state().wireName()))
                  .with("ab_test_id", test.id());
            });
    Instant now = clock.instant();
    GradualRollout rollout =
        new GradualRollout(
            UUID.randomUUID().toString(),
            model,
            version,
            deploymentId,
            digest,
            Optional.empty(),
            RolloutState.WAITING,
            design,
            0,
            now,
            RolloutEvidence.first(now, List.of()),
            RolloutVerdict.NOTHING_YET,
            List.of(),
            List.of(
                new GradualRollout.Wait(
                    "target_not_ready", "Version %d is not ready yet.".formatted(version))),
            List.of(),
            Optional.empty(),
            by,
            now,
            Optional.empty(),
            Optional.empty());
    rollouts.add(rollout);
    return rollout;
  }
}
