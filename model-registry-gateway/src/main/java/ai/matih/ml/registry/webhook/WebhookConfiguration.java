package ai.matih.ml.registry.webhook;

import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.common.security.TokenSigner;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.MDC;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import({TargetRules.class, ManageWebhooks.class, DeliverEvents.class})
class WebhookConfiguration {

  private static final int FORGET_AT_ONCE = 5_000;

  private static final String PENDING =
      """
      state = 'PENDING'
        and exists (select 1 from webhook w where w.id = webhook_delivery.webhook_id and w.active)\
      """;

  @Bean
  SecretBox secretBox(TokenSigner signer) {
    return new SecretBox(signer.derivedSecret("matih-ml/webhook-secrets/1"));
  }

  @Bean
  EmitEvents emitEvents(Webhooks webhooks, Deliveries deliveries) {
    return new EmitEvents(webhooks, deliveries, () -> Optional.ofNullable(MDC.get("request_id")));
  }

  @Bean
  RetryPauses retryPauses(WebhookSettings settings) {
    return new RetryPauses(
        settings.firstPause(), settings.maxPause(), () -> ThreadLocalRandom.current().nextDouble());
  }

  @Bean
  Reconciler webhookDeliveries(
      Reconcilers reconcilers, DeliverEvents deliver, WebhookSettings settings) {
    return reconcilers
        .of("webhooks", "webhook_delivery")
        .where(PENDING)
        .dueAt("next_attempt_at")
        .every(settings.checkEvery())
        .wokenBy(Deliveries.TOPIC)
        .atOnce(settings.atOnce())
        .steps(
            row -> {
              deliver.deliver(row.claim());
              return Duration.ZERO;
            });
  }

  @Bean
  Loop webhookRetention(
      Deliveries deliveries, WebhookSettings settings, Transactions transactions) {
    return new Loop(
        "webhook-retention",
        Duration.ofHours(1),
        () ->
            TenantScope.acrossTenants(
                () ->
                    transactions.call(
                        () -> deliveries.forget(settings.retention(), FORGET_AT_ONCE))));
  }
}
