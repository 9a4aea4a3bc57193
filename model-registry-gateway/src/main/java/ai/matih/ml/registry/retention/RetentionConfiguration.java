package ai.matih.ml.registry.retention;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.artifact.BundleStore;
import ai.matih.ml.registry.emergency.Overrides;
import ai.matih.ml.registry.evidence.ServingRouter;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.promotion.StageEvents;
import ai.matih.ml.registry.promotion.StageHistory;
import ai.matih.ml.registry.promotion.Transitions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

@Configuration
class RetentionConfiguration {

  private static final Duration LEASE = Duration.ofMinutes(5);

  @Bean
  DeleteVersions deleteVersions(
      FindModel find,
      Models models,
      Versions versions,
      Deletions deletions,
      StageHistory history,
      Transitions transitions,
      Overrides overrides,
      StageEvents events,
      ServingRouter router,
      Audit audit,
      Transactions transactions,
      RetentionSettings settings,
      Clock clock) {
    return new DeleteVersions(
        find,
        models,
        versions,
        deletions,
        history,
        new EndTransitions(transitions, overrides, audit, clock),
        events,
        router,
        audit,
        transactions,
        settings,
        clock);
  }

  @Bean
  DeleteModel deleteModel(
      FindModel find,
      Models models,
      Versions versions,
      Deletions deletions,
      DeleteVersions each,
      StageHistory history,
      Transitions transitions,
      Overrides overrides,
      StageEvents events,
      ServingRouter router,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    return new DeleteModel(
        find,
        models,
        versions,
        deletions,
        each,
        history,
        new EndTransitions(transitions, overrides, audit, clock),
        events,
        router,
        audit,
        transactions,
        clock);
  }

  @Bean
  ChangeRetention changeRetention(
      Models models,
      FindModel find,
      Deletions deletions,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    return new ChangeRetention(models, find, deletions, audit, transactions, clock);
  }

  @Bean
  RemoveFiles removeFiles(
      Models models,
      Versions versions,
      Deletions deletions,
      BundleStore bundles,
      ServingRouter router,
      Audit audit,
      Transactions transactions,
      RetentionSettings settings,
      Clock clock) {
    return new RemoveFiles(
        models, versions, deletions, bundles, router, audit, transactions, settings, clock);
  }

  @Bean
  ApplyRetention applyRetention(
      Models models,
      Versions versions,
      Transitions transitions,
      Deletions deletions,
      DeleteVersions delete,
      Transactions transactions,
      RetentionSettings settings,
      Clock clock) {
    return new ApplyRetention(
        models, versions, transitions, deletions, delete, transactions, settings, clock);
  }

  @Bean
  Loop removeDeletedFiles(
      JdbcClient sql,
      PlatformTransactionManager manager,
      RemoveFiles remove,
      RetentionSettings settings) {
    Claims claims =
        new Claims(
            sql, manager, "deletion", "state = 'WAITING' and next_try_at <= now()", "next_try_at");
    return loop("deletions", settings, claims, remove::remove);
  }

  @Bean
  Loop applyRetentions(
      JdbcClient sql,
      PlatformTransactionManager manager,
      ApplyRetention apply,
      RetentionSettings settings) {
    Claims claims =
        new Claims(sql, manager, "retention", "next_apply_at <= now()", "next_apply_at");
    return loop("retention", settings, claims, apply::apply);
  }

  @Bean
  Loop deleteModelsInBatches(
      JdbcClient sql,
      PlatformTransactionManager manager,
      DeleteModel delete,
      RetentionSettings settings) {
    return loop(
        "model-deletions",
        settings,
        new Claims(sql, manager, "model_following", "true", "id"),
        delete::nextBatch);
  }

  private static Loop loop(
      String name, RetentionSettings settings, Claims claims, Consumer<UUID> work) {
    return new Loop(
        name,
        settings.checkEvery(),
        () -> {
          List<Claim> claimed = claims.take(1, LEASE);
          for (Claim claim : claimed) {
            try {
              TenantScope.run(claim.tenant(), () -> work.accept(UUID.fromString(claim.id())));
            } finally {
              claims.release(claim);
            }
          }
          return claimed.size();
        });
  }
}
