package ai.matih.ml.serving.shadow;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.deployment.Shadowing;
import ai.matih.ml.serving.traffic.Weight;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;

/**
 * Lets a deployed version get copies. Asking again for the same share changes nothing; another
 * share ends the shadow and starts a new one, with numbers of its own.
 */
public final class StartShadow implements Shadowing {

  /** Each has a thread on every router, and costs as much as the version it stands beside. */
  static final int MOST = 4;

  private final Shadows shadows;
  private final Clock clock;

  public StartShadow(Shadows shadows, Clock clock) {
    this.shadows = shadows;
    this.clock = clock;
  }

  @Override
  public void start(Deployment deployment, Weight sample, String by) {
    Optional<Shadow> known = shadows.running(deployment.id());
    if (known.isPresent() && known.get().sample().equals(sample)) {
      return;
    }
    known.ifPresent(
        former -> shadows.save(former.ended(clock.instant(), "Its share was changed.")));
    if (shadows.running(deployment.model()) >= MOST) {
      throw new Problem(
              ServingError.TOO_MANY_SHADOWS,
              "%d versions of %s are shadows; end one of them first."
                  .formatted(MOST, deployment.model()))
          .with("model_id", deployment.model().value());
    }
    shadows.save(
        new Shadow(
            UUID.randomUUID().toString(),
            deployment.model(),
            deployment.version(),
            deployment.id(),
            deployment.artifact().digest().value(),
            sample,
            by,
            clock.instant(),
            Optional.empty(),
            Optional.empty()));
  }
}
