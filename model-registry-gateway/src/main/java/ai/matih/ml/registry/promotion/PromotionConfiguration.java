package ai.matih.ml.registry.promotion;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.outbox.Outbox;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.evidence.EvidenceListener;
import ai.matih.ml.registry.evidence.EvidenceLog;
import ai.matih.ml.registry.evidence.PlayGoldenRows;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.RegistrationListener;
import ai.matih.ml.registry.model.VersionOverrides;
import ai.matih.ml.registry.model.Versions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

@Configuration
class PromotionConfiguration {

  private static final String TOPIC = "transitions";
  private static final Duration LEASE = Duration.ofMinutes(2);

  @Bean
  StageEvents stageEvents(ObjectProvider<Outbox> outbox, Signals signals) {
    // The outbox knows its handlers, and the mirror among them reads what this package stores.
    return new OutboxStageEvents(outbox::getObject, () -> signals.send(TOPIC));
  }

  @Bean
  NotifyRouter notifyRouter(Versions versions, ServingRouter router) {
    return new NotifyRouter(versions, router);
  }

  @Bean
  AskRouter askRouter(ServingRouter router, Versions versions, Transactions transactions) {
    return new AskRouter(router, versions, transactions);
  }

  @Bean
  Gate gate(
      FindModel find,
      Models models,
      Versions versions,
      EvidenceLog evidence,
      Transitions transitions,
      StageHistory history,
      Rollbacks rollbacks,
      StageEvents events,
      Audit audit,
      Clock clock) {
    return new Gate(
        find, models, versions, evidence, transitions, history, rollbacks, events, audit, clock);
  }

  @Bean
  PromoteVersion promoteVersion(
      FindModel find,
      Models models,
      Transitions transitions,
      Gate gate,
      AskRouter askRouter,
      PromotionSettings settings,
      StageEvents events,
      Audit audit,
      Transactions transactions) {
    return new PromoteVersion(
        find, models, transitions, gate, askRouter, settings, events, audit, transactions);
  }

  @Bean
  ReviewTransition reviewTransition(
      FindModel find,
      Models models,
      Transitions transitions,
      Gate gate,
      AskRouter askRouter,
      Audit audit,
      Transactions transactions) {
    return new ReviewTransition(find, models, transitions, gate, askRouter, audit, transactions);
  }

  @Bean
  AdvanceTransition advanceTransition(
      Models models,
      Transitions transitions,
      Gate gate,
      AskRouter askRouter,
      PlayGoldenRows golden,
      PromotionSettings settings,
      Transactions transactions) {
    return new AdvanceTransition(
        models, transitions, gate, askRouter, golden, settings, transactions);
  }

  @Bean
  OverrideGate overrideGate(
      FindModel find,
      Models models,
      Transitions transitions,
      Overrides overrides,
      Gate gate,
      AskRouter askRouter,
      PromotionSettings settings,
      Audit audit,
      Transactions transactions) {
    return new OverrideGate(
        find, models, transitions, overrides, gate, askRouter, settings, audit, transactions);
  }

  @Bean
  LapseOverride lapseOverride(
      Models models,
      Versions versions,
      Transitions transitions,
      Overrides overrides,
      Gate gate,
      PromoteVersion promote,
      PromotionSettings settings,
      Audit audit,
      Transactions transactions) {
    return new LapseOverride(
        models, versions, transitions, overrides, gate, promote, settings, audit, transactions);
  }

  @Bean
  MoveTraffic moveTraffic(
      Models models,
      Rollbacks rollbacks,
      Gate gate,
      ServingRouter router,
      PromotionSettings settings,
      Transactions transactions) {
    return new MoveTraffic(models, rollbacks, gate, router, settings, transactions);
  }

  @Bean
  RollBackProduction rollBack(
      FindModel find,
      Versions versions,
      Transitions transitions,
      Rollbacks rollbacks,
      PromoteVersion promote,
      MoveTraffic traffic,
      Audit audit,
      Transactions transactions) {
    return new RollBackProduction(
        find, versions, transitions, rollbacks, promote, traffic, audit, transactions);
  }

  @Bean
  VersionOverrides versionOverrides(Overrides overrides) {
    return new OverridesOfVersions(overrides);
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
    return loop("transitions", claims, advance::advance, signals, settings);
  }

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
    signals.listen(TOPIC, loop::wake);
    return loop;
  }
}
