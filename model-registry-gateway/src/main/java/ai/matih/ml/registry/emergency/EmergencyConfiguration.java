package ai.matih.ml.registry.emergency;

import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.registry.promotion.PromotionSettings;
import ai.matih.ml.registry.promotion.StageEvents;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import({
  RecordRollback.class,
  MoveTraffic.class,
  RollBackProduction.class,
  OverrideTransition.class,
  ExpireOverride.class,
  OverridesOfVersions.class
})
class EmergencyConfiguration {

  @Bean
  Reconciler moveTrafficOfRollbacks(
      Reconcilers reconcilers, MoveTraffic traffic, PromotionSettings settings) {
    return reconcilers
        .of("rollbacks", "rollback")
        .where("state = 'MOVING'")
        .dueAt("next_check_at")
        .every(settings.checkEvery())
        .wokenBy(StageEvents.TOPIC)
        .each(traffic::advance);
  }

  @Bean
  Reconciler lapseOverrides(
      Reconcilers reconcilers, ExpireOverride lapse, PromotionSettings settings) {
    return reconcilers
        .of("overrides", "gate_override")
        .where("(state = 'AWAITING_CONFIRMATION' or undo = 'PENDING')")
        .dueAt("next_check_at")
        .every(settings.checkEvery())
        .wokenBy(StageEvents.TOPIC)
        .each(lapse::advance);
  }
}
