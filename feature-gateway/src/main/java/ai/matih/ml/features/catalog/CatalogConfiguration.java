package ai.matih.ml.features.catalog;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.features.catalog.store.StoredDeclarations;
import ai.matih.ml.features.definition.DefinitionsSource;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import tools.jackson.databind.json.JsonMapper;

@Configuration
class CatalogConfiguration {

  @Bean
  StoredDeclarations declarations(
      JdbcClient sql,
      JsonMapper json,
      Signals signals,
      Audit audit,
      PlatformTransactionManager transactions) {
    return new StoredDeclarations(sql, json, signals, audit, transactions);
  }

  @Bean
  DeclareDocument declareDocument(DefinitionsSource feast, Declarations declarations, Audit audit) {
    return new DeclareDocument(feast, declarations, audit);
  }

  @Bean
  Catalogue catalogue(DefinitionsSource feast, Declarations declarations) {
    return new Catalogue(feast, declarations);
  }

  @Bean
  Loop declarationLoop(PendingDeclarations pending, FeastDefinitions feast, Signals signals) {
    ReconcileDeclarations reconcile = new ReconcileDeclarations(pending, feast);
    Loop loop = new Loop("declarations", Duration.ofSeconds(2), reconcile::round);
    signals.listen(StoredDeclarations.TOPIC, loop::wake);
    return loop;
  }
}
