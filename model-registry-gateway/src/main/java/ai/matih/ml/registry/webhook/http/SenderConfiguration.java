package ai.matih.ml.registry.webhook.http;

import ai.matih.ml.registry.webhook.Sender;
import ai.matih.ml.registry.webhook.TargetRules;
import ai.matih.ml.registry.webhook.WebhookSettings;
import okhttp3.Dns;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class SenderConfiguration {

  @Bean
  Sender sender(TargetRules rules, WebhookSettings settings) {
    return new SafeSender(rules, settings.connectTimeout(), settings.timeout(), Dns.SYSTEM);
  }
}
