package ai.matih.ml.registry.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SigningTests {

  /** The example of the Standard Webhooks specification and its libraries. */
  @Test
  void a_message_is_signed_as_standard_webhooks_says() {
    WebhookSecret secret = new WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assertThat(secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330L, "{\"test\": 2432232314}"))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void a_secret_is_random_and_does_not_show_itself() {
    WebhookSecret secret = WebhookSecret.random();
    assertThat(secret.text()).startsWith("whsec_").hasSizeGreaterThan(48);
    assertThat(secret).isNotEqualTo(WebhookSecret.random()).hasToString("whsec_***");
  }

  @Test
  void a_closed_secret_opens_with_its_key_and_for_its_webhook_only() {
    UUID webhook = UUID.randomUUID();
    WebhookSecret secret = WebhookSecret.random();
    SecretBox box = new SecretBox(new byte[32]);
    byte[] closed = box.close(webhook, secret);

    assertThat(new String(closed, java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain("whsec_");
    assertThat(box.open(webhook, closed)).contains(secret);
    assertThat(box.open(UUID.randomUUID(), closed)).isEmpty();
    byte[] other = new byte[32];
    other[0] = 1;
    assertThat(new SecretBox(other).open(webhook, closed)).isEmpty();
    closed[20] ^= 1;
    assertThat(box.open(webhook, closed)).isEmpty();
    assertThat(box.open(webhook, new byte[3])).isEmpty();
  }

  @Test
  void pauses_double_up_to_a_bound_and_spread() {
    RetryPauses longest = new RetryPauses(Duration.ofSeconds(5), Duration.ofHours(1), () -> 1);
    RetryPauses shortest = new RetryPauses(Duration.ofSeconds(5), Duration.ofHours(1), () -> 0);
    assertThat(longest.after(1, Optional.empty())).isEqualTo(Duration.ofSeconds(5));
    assertThat(shortest.after(1, Optional.empty())).isEqualTo(Duration.ofMillis(2_500));
    assertThat(longest.after(4, Optional.empty())).isEqualTo(Duration.ofSeconds(40));
    assertThat(longest.after(1_000_000, Optional.empty())).isEqualTo(Duration.ofHours(1));
    assertThat(shortest.after(1, Optional.of(Duration.ofMinutes(2))))
        .isEqualTo(Duration.ofMinutes(2));
    assertThat(shortest.after(1, Optional.of(Duration.ofDays(9)))).isEqualTo(Duration.ofHours(1));
  }
}
