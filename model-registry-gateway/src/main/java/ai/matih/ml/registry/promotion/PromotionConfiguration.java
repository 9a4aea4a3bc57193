package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.outbox.Outbox;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.evidence.EvidenceListener;
import ai.matih.ml.registry.model.RegistrationListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

@Configuration
@Import({
  FindTransition.class,
  AskRouter.class,
  GatherFacts.class,
  PlaceVersion.class,
  Gate.class,
  PromoteVersion.class,
  ReviewTransition.class,
  AdvanceTransition.class,
  NotifyRouter.class
})
class PromotionConfiguration {

  private static final Duration LEASE = Duration.ofMinutes(2);

  @Bean
  StageEvents stageEvents(ObjectProvider<Outbox> outbox, Signals signals) {
    // The outbox knows its handlers, and the mirror among them reads what this package stores.
    return new OutboxStageEvents(outbox::getObject, () -> signals.send(StageEvents.TOPIC));
  }

  /** A version begins its life in Development. */
  @Bean
  RegistrationListener beginHistory(StageHistory history, StageEvents events) {
    return version -> {
      history.begin(
          new StagePeriod(
              version.model(),
              version.number(),
              version.stage(),
              false,
              version.createdAt(),
              Optional.empty(),
              Optional.empty(),
              version.registeredBy(),
              Optional.empty()));
      events.mirror(version.model());
    };
  }

  @Bean
  EvidenceListener settleOnNewEvidence(Transitions transitions, StageEvents events) {
    return model -> {
      transitions.dueNow(model);
      events.wake();
    };
  }

  @Bean
  Loop advanceTransitions(
      JdbcClient sql,
      PlatformTransactionManager manager,
      Signals signals,
      AdvanceTransition advance,
      PromotionSettings settings) {
    Claims claims =
        new Claims(
            sql,
            manager,
            "transition",
            "state = 'PENDING' and next_check_at <= now()",
            "next_check_at");
    Loop loop =
        new Loop(
            "transitions",
            settings.checkEvery(),
            () -> {
              List<Claim> claimed = claims.take(1, LEASE);
              for (Claim claim : claimed) {
                try {
                  TenantScope.run(
                      claim.tenant(), () -> advance.advance(UUID.fromString(claim.id())));
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
