package ai.matih.ml.features.catalog;

import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.features.catalog.store.StoredDeclarations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import({
  Catalogue.class,
  DeclareDocument.class,
  DocumentForm.class,
  ReconcileDeclarations.class,
  StoredDeclarations.class
})
class CatalogConfiguration {

  @Bean
  Loop declarationLoop(ReconcileDeclarations reconcile, Reconcilers reconcilers) {
    return reconcilers
        .of("declarations", "feature_document")
        .wokenBy(StoredDeclarations.TOPIC)
        .loop(reconcile::round);
  }
}
