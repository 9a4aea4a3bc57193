package ai.matih.ml.registry.emergency;

import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.promotion.PromotionSettings;
import ai.matih.ml.registry.promotion.StageEvents;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

@Configuration
@Import({
  RecordRollback.class,
  MoveTraffic.class,
  RollBackProduction.class,
  OverrideGate.class,
  LapseOverride.class,
  OverridesOfVersions.class
})
class EmergencyConfiguration {

  private static final Duration LEASE = Duration.ofMinutes(2);

  @Bean
  Loop moveTrafficOfRollbacks(
      JdbcClient sql,
      PlatformTransactionManager manager,
      Signals signals,
      MoveTraffic traffic,
      PromotionSettings settings) {
    Claims claims =
        new Claims(
            sql,
            manager,
            "rollback",
            "state = 'MOVING' and next_check_at <= now()",
            "next_check_at");
    return loop("rollbacks", claims, traffic::advance, signals, settings);
  }

  @Bean
  Loop lapseOverrides(
      JdbcClient sql,
      PlatformTransactionManager manager,
      Signals signals,
      LapseOverride lapse,
      PromotionSettings settings) {
    Claims claims =
        new Claims(
            sql,
            manager,
            "gate_override",
            "(state = 'AWAITING_CONFIRMATION' or undo = 'PENDING') and next_check_at <= now()",
            "next_check_at");
    return loop("overrides", claims, lapse::advance, signals, settings);
  }

  private static Loop loop(
      String name,
      Claims claims,
      Consumer<UUID> step,
      Signals signals,
      PromotionSettings settings) {
    Loop loop =
        new Loop(
            name,
            settings.checkEvery(),
            () -> {
              List<Claim> claimed = claims.take(1, LEASE);
              for (Claim claim : claimed) {
                try {
                  TenantScope.run(claim.tenant(), () -> step.accept(UUID.fromString(claim.id())));
                } finally {
                  claims.release(claim);
                }
              }
              return claimed.size();
            });
    signals.listen(StageEvents.TOPIC, loop::wake);
    return loop;
  }
}
