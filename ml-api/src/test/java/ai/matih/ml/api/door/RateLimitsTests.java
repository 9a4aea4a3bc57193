package ai.matih.ml.api.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitsTests {

  private static final Tenant ACME = new Tenant("acme");
  private static final DoorSettings.Limits LIMITS = new DoorSettings.Limits(10, 15, 1, 2, 1);

  private final AtomicLong now = new AtomicLong();
  private final RateLimits limits = new RateLimits(LIMITS, now::get);

  @Test
  void a_key_may_burst_and_is_then_told_how_long_to_wait() {
    limits.count(ACME, "k1", Route.Lane.MANAGEMENT);
    limits.count(ACME, "k1", Route.Lane.MANAGEMENT);
    assertThatThrownBy(() -> limits.count(ACME, "k1", Route.Lane.MANAGEMENT))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.error().status().value()).isEqualTo(429);
              assertThat(problem.retryAfter()).contains(Duration.ofSeconds(1));
            });
  }

  @Test
  void waiting_as_told_is_enough() {
    limits.count(ACME, "k1", Route.Lane.MANAGEMENT);
    limits.count(ACME, "k1", Route.Lane.MANAGEMENT);
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    limits.count(ACME, "k1", Route.Lane.MANAGEMENT);
    assertThatThrownBy(() -> limits.count(ACME, "k1", Route.Lane.MANAGEMENT))
        .isInstanceOf(Problem.class);
  }

  @Test
  void a_busy_notebook_does_not_starve_predictions() {
    limits.count(ACME, "k1", Route.Lane.MANAGEMENT);
    limits.count(ACME, "k1", Route.Lane.MANAGEMENT);
    limits.count(ACME, "k1", Route.Lane.INFERENCE);
  }

  @Test
  void a_tenant_has_a_limit_over_all_its_keys_and_other_tenants_do_not_notice() {
    for (String key : new String[] {"k1", "k1", "k2", "k2"}) {
      limits.count(ACME, key, Route.Lane.MANAGEMENT);
    }
    assertThatThrownBy(() -> limits.count(ACME, "k3", Route.Lane.MANAGEMENT))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("tenant");
    limits.count(new Tenant("globex"), "k4", Route.Lane.MANAGEMENT);
  }

  @Test
  void guessing_credentials_is_slow() {
    limits.countFailedLogin("10.0.0.1");
    limits.countFailedLogin("10.0.0.1");
    assertThatThrownBy(() -> limits.countFailedLogin("10.0.0.1")).isInstanceOf(Problem.class);
    limits.countFailedLogin("10.0.0.2");
  }
}
