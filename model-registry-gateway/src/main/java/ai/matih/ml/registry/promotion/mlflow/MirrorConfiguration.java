package ai.matih.ml.registry.promotion.mlflow;

import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.ReconcilerBuilder;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.common.tenant.TenantScope;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class MirrorConfiguration {

  @Bean
  Reconciler mirrorChanges(Reconcilers reconcilers, ReconcileMirrors mirrors) {
    return reconcilers
        .of("mirror-changes", "mirror")
        .where("asked_at is not null")
        .dueAt("next_look_at")
        .wokenBy(ReconcileMirrors.TOPIC)
        .steps(row -> mirrors.compare(row.claim()));
  }

  /** Never at full speed: after each model there is a pause. */
  @Bean
  Loop mirrorPatrol(Reconcilers reconcilers, ReconcileMirrors mirrors, MirrorSettings settings) {
    ReconcilerBuilder patrol =
        reconcilers
            .of("mirror-patrol", "mirror")
            .where("asked_at is null")
            .dueAt("next_look_at")
            .every(settings.pause());
    Claims claims = patrol.claims();
    return patrol.loop(
        () -> {
          for (Claim claim : claims.take(1)) {
            try {
              TenantScope.call(claim.tenant(), () -> mirrors.compare(claim));
            } finally {
              claims.release(claim);
            }
          }
          return 0;
        });
  }
}
