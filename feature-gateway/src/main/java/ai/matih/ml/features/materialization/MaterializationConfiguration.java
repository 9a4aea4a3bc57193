package ai.matih.ml.features.materialization;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.features.materialization.store.StoredMaterializations;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import tools.jackson.databind.json.JsonMapper;

@Configuration
class MaterializationConfiguration {

  private static final Duration LOOK = Duration.ofMillis(700);

  @Bean
  StoredMaterializations materializations(
      JdbcClient sql,
      JsonMapper json,
      Signals signals,
      Audit audit,
      PlatformTransactionManager transactions) {
    return new StoredMaterializations(sql, json, signals, audit, transactions, LOOK);
  }

  @Bean
  Loop materializationLoop(Materializations stored, FeastRuns feast, Signals signals) {
    ReconcileMaterializations reconcile = new ReconcileMaterializations(stored, feast);
    Loop loop = new Loop("materializations", Duration.ofSeconds(1), reconcile::round);
    signals.listen(StoredMaterializations.TOPIC, loop::wake);
    return loop;
  }

  @Bean
  RecordPush recordPush(PushRows feast, Materializations record) {
    return new RecordPush(feast, record);
  }
}
