package ai.matih.ml.registry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A look at a model ... */
class RecentLooksTests {

  private static final Tenant ACME = new Tenant("acme");
  private static final ModelId CHURN = new ModelId("churn");

  private boolean listening = true;
  private long now;
  private final AtomicInteger stored = new AtomicInteger(1);
  private final RecentLooks looks = new RecentLooks(() -> listening, () -> now);

  private int look(Tenant tenant, Object question, Supplier<Integer> read) {
    return TenantScope.call(tenant, () -> looks.at(CHURN, question, _ -> 0, read));
  }

  private int lookAtAll() {
    return TenantScope.call(ACME, () -> looks.atAll("search", _ -> 0, stored::get));
  }

  private int look() {
    return look(ACME, "stage", stored::get);
  }

  @Test
  void is_remembered_until_the_model_changes() {
    assertThat(look()).isEqualTo(1);
    stored.set(2);
    assertThat(look()).isEqualTo(1);
    looks.forget(ACME, CHURN);
    assertThat(look()).isEqualTo(2);
  }

  @Test
  void is_not_shared_between_questions_or_tenants() {
    look();
    assertThat(look(ACME, "other", () -> 7)).isEqualTo(7);
    assertThat(look(new Tenant("globex"), "stage", () -> 8)).isEqualTo(8);
    looks.forget(new Tenant("globex"), CHURN);
    stored.set(2);
    assertThat(look()).isEqualTo(1);
  }

  @Test
  void at_all_models_is_remembered_until_one_of_them_changes() {
    assertThat(lookAtAll()).isEqualTo(1);
    stored.set(2);
    looks.forget(new Tenant("globex"), CHURN);
    assertThat(lookAtAll()).isEqualTo(1);
    looks.forget(ACME, new ModelId("fraud"));
    assertThat(lookAtAll()).isEqualTo(2);
  }

  @Test
  void at_a_model_that_is_not_there_is_made_anew() {
    assertThatThrownBy(
            () ->
                look(
                    ACME,
                    "stage",
                    () -> {
                      throw new IllegalStateException("not there");
                    }))
        .hasMessage("not there");
    assertThat(look()).isEqualTo(1);
  }

  @Test
  void that_began_before_a_change_is_not_remembered() {
    assertThat(
            look(
                ACME,
                "stage",
                () -> {
                  int read = stored.get();
                  stored.set(2);
                  looks.forget(ACME, CHURN);
                  return read;
                }))
        .isEqualTo(1);
    assertThat(look()).isEqualTo(2);
  }

  @Test
  void goes_to_the_database_while_changes_are_not_heard_of() {
    look();
    stored.set(2);
    listening = false;
    assertThat(look()).isEqualTo(2);
  }

  @Test
  void is_made_anew_after_a_while() {
    look();
    stored.set(2);
    now += RecentLooks.LONGEST.toNanos();
    assertThat(look()).isEqualTo(2);
  }

  @Test
  void makes_room_when_there_are_too_many() {
    for (int i = 0; i < RecentLooks.MOST_ROWS; i++) {
      look(ACME, i, () -> 0);
    }
    look();
    stored.set(2);
    assertThat(look()).isEqualTo(2);
    stored.set(3);
    assertThat(look()).isEqualTo(2);
  }
}
