package ai.matih.ml.registry.webhook;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Loop;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.security.TokenSigner;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.MDC;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

@Configuration
class WebhookConfiguration {

  private static final int FORGET_AT_ONCE = 5_000;

  /** What is claimed and how long one attempt may take at most, with some room. */
  private static final String DUE =
      """
      state = 'PENDING' and next_attempt_at <= now()
        and exists (select 1 from webhook w where w.id = webhook_delivery.webhook_id and w.active)""";

  @Bean
  SecretBox secretBox(TokenSigner signer) {
    return new SecretBox(signer.derivedSecret("matih-ml/webhook-secrets/1"));
  }

  @Bean
  TargetRules targetRules(WebhookSettings settings) {
    return new TargetRules(settings);
  }

  @Bean
  EmitEvents emitEvents(Webhooks webhooks, Deliveries deliveries) {
    return new EmitEvents(webhooks, deliveries, () -> Optional.ofNullable(MDC.get("request_id")));
  }

  @Bean
  ManageWebhooks manageWebhooks(
      Webhooks webhooks,
      Deliveries deliveries,
      TargetRules targets,
      WebhookSettings settings,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    return new ManageWebhooks(webhooks, deliveries, targets, settings, audit, transactions, clock);
  }

  @Bean
  Loop webhookDeliveries(
      JdbcClient sql,
      PlatformTransactionManager manager,
      Signals signals,
      Deliveries deliveries,
      Webhooks webhooks,
      Sender sender,
      WebhookSettings settings,
      Audit audit,
      Transactions transactions,
      Clock clock) {
    Claims claims = new Claims(sql, manager, "webhook_delivery", DUE, "next_attempt_at");
    Duration lease = settings.timeout().plus(settings.connectTimeout()).plusSeconds(20);
    DeliverEvents deliver =
        new DeliverEvents(
            places -> claims.take(places, lease),
            deliveries,
            webhooks,
            sender,
            new RetryPauses(
                settings.firstPause(),
                settings.maxPause(),
                () -> ThreadLocalRandom.current().nextDouble()),
            settings,
            audit,
            transactions,
            clock);
    Loop loop = new Loop("webhooks", settings.checkEvery(), deliver::round);
    deliver.whenFree(loop::wake);
    signals.listen(Deliveries.TOPIC, loop::wake);
    return loop;
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
