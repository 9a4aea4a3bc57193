package ai.matih.ml.registry.retention;

import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.tenant.TenantScope;
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
  EndTransitions.class,
  RefuseInUse.class,
  RecordDeletion.class,
  DeleteVersions.class,
  BatchVersions.class,
  DeleteModel.class,
  ChangeRetention.class,
  RemoveFiles.class,
  ApplyRetention.class
})
class RetentionConfiguration {

  private static final Duration LEASE = Duration.ofMinutes(5);

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
      BatchVersions batches,
      RetentionSettings settings) {
    return loop(
        "model-deletions",
        settings,
        new Claims(sql, manager, "model_following", "true", "id"),
        batches::next);
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
