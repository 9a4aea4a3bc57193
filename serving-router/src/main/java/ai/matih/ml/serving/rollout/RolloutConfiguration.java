package ai.matih.ml.serving.rollout;

import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.serving.store.ChangeSignal;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({
  AdvanceRollout.class,
  CanaryTraffic.class,
  ProposeRollout.class,
  StartRollout.class,
  LookAtRollout.class,
  SteerRollout.class,
  OvertakenRollouts.class,
  RolloutOutcomeReports.class,
  ReconcileRollouts.class
})
class RolloutConfiguration {

  @Bean
  Loop rolloutLoop(ReconcileRollouts reconcile, ChangeSignal changes, RolloutSettings settings) {
    Loop loop = new Loop("rollouts", settings.lookInterval().dividedBy(2), reconcile::pass);
    changes.listen(loop::wake);
    return loop;
  }
}
