package ai.matih.ml.registry.promotion.mlflow;

import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Signals;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class MirrorConfiguration {

  private static final Duration IDLE = Duration.ofSeconds(15);

  @Bean
  Loop mirrorChanges(ReconcileMirrors mirrors, Signals signals) {
    Loop[] loop = new Loop[1];
    Loop made =
        new Loop("mirror-changes", IDLE, () -> mirrors.askedRound(wait -> loop[0].wakeAfter(wait)));
    loop[0] = made;
    signals.listen(ReconcileMirrors.TOPIC, made::wake);
    return made;
  }

  /** Never at full speed: after each model there is a pause. */
  @Bean
  Loop mirrorPatrol(ReconcileMirrors mirrors, MirrorSettings settings) {
    return new Loop(
        "mirror-patrol",
        settings.pause(),
        () -> {
          mirrors.dueRound();
          return 0;
        });
  }
}
