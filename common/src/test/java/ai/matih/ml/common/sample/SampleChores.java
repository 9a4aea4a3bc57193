package ai.matih.ml.common.sample;

import ai.matih.ml.common.reconcile.Held;
import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.common.reconcile.Step;
import ai.matih.ml.common.transaction.Transactions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Background work of a replica that has a name. */
@Configuration
@ConditionalOnProperty("sample.replica")
class SampleChores {

  /** What a replica does before it notes a chore as done, by the replica's name. */
  static final Map<String, Step> STEPS = new ConcurrentHashMap<>();

  @Bean
  Reconciler chores(
      Reconcilers reconcilers, JdbcClient sql, Transactions transactions, Environment environment) {
    String replica = environment.getRequiredProperty("sample.replica");
    return reconcilers
        .of("chores", "chore")
        .where("done_by is null")
        .dueAt("next_step_at")
        .every(Duration.ofSeconds(1))
        .retryAfter(Duration.ofMillis(200))
        .steps(row -> step(row, replica, sql, transactions));
  }

  private static Duration step(
      Held row, String replica, JdbcClient sql, Transactions transactions) {
    Duration rest = STEPS.getOrDefault(replica, _ -> Duration.ZERO).take(row);
    if (rest.isZero()) {
      row.requireHeld();
      transactions.run(
          () ->
              sql.sql("update chore set done_by = ? where id = ? and epoch = ?")
                  .params(replica, row.id(), row.claim().epoch())
                  .update());
    }
    return rest;
  }
}
