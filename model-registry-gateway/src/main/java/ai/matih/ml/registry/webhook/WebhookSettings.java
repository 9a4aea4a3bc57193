package ai.matih.ml.registry.webhook;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Whom the platform may tell, and how patiently.
 *
 * @param allowHttp whether addresses without TLS are accepted; for one machine only
 * @param allowedNetworks addresses outside the public Internet that may be called, as CIDR blocks
 *     ({@code 10.1.0.0/16}; {@code 127.0.0.0/8} for one machine); link-local ones never are
 * @param ports that may be called; any when empty
 * @param connectTimeout until a connection stands
 * @param timeout until the whole answer is there
 * @param maxPerTenant webhooks of one tenant
 * @param atOnce deliveries in flight per replica
 * @param checkEvery how often due deliveries are looked for without any news
 * @param firstPause after the first failed attempt; doubles with each, with jitter
 * @param maxPause the longest pause between attempts
 * @param giveUpAfter a delivery that has not arrived by then fails
 * @param disableAfter a webhook to which nothing has arrived for so long is disabled
 * @param retention how long ended deliveries are kept
 * @param oldSecretFor how long a secret still signs after it was rotated
 */
@Validated
@ConfigurationProperties("registry.webhook")
public record WebhookSettings(
    @DefaultValue("false") boolean allowHttp,
    @DefaultValue List<String> allowedNetworks,
    @DefaultValue({"443", "8443"}) List<Integer> ports,
    @DefaultValue("PT3S") Duration connectTimeout,
    @DefaultValue("PT10S") Duration timeout,
    @Min(1) @DefaultValue("50") int maxPerTenant,
    @Min(1) @DefaultValue("16") int atOnce,
    @DefaultValue("PT2S") Duration checkEvery,
    @DefaultValue("PT5S") Duration firstPause,
    @DefaultValue("PT1H") Duration maxPause,
    @DefaultValue("P3D") Duration giveUpAfter,
    @DefaultValue("P5D") Duration disableAfter,
    @DefaultValue("P30D") Duration retention,
    @DefaultValue("P1D") Duration oldSecretFor) {

  public WebhookSettings {
    allowedNetworks = List.copyOf(allowedNetworks);
    ports = List.copyOf(ports);
  }
}
