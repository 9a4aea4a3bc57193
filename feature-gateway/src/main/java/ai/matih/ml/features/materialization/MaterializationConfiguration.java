package ai.matih.ml.features.materialization;

import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.features.materialization.store.StoredMaterializations;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import({PushRows.class, ReconcileMaterializations.class, StoredMaterializations.class})
class MaterializationConfiguration {

  @Bean
  Reconciler materializationReconciler(
      ReconcileMaterializations reconcile, Reconcilers reconcilers) {
    return reconcilers
        .of("materializations", "materialization")
        .where("status in ('queued', 'running')")
        .every(Duration.ofSeconds(1))
        .wokenBy(StoredMaterializations.TOPIC)
        .atOnce(4)
        .steps(row -> reconcile.step(row.claim()));
  }
}
