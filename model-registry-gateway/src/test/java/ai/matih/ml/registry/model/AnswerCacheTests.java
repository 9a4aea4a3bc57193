package ai.matih.ml.registry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A cached answer about a model ... */
class AnswerCacheTests {

  private static final Tenant ACME = new Tenant("acme");
  private static final ModelId CHURN = new ModelId("churn");

  private boolean listening = true;
  private long now;
  private final AtomicInteger stored = new AtomicInteger(1);
  private final AnswerCache cache = new AnswerCache(() -> listening, () -> now);

  private int read(Tenant tenant, Object question, Supplier<Integer> read) {
    return TenantScope.call(tenant, () -> cache.of(CHURN, question, _ -> 0, read));
  }

  private int readAll() {
    return TenantScope.call(ACME, () -> cache.ofAll("search", _ -> 0, stored::get));
  }

  private int read() {
    return read(ACME, "stage", stored::get);
  }

  @Test
  void is_remembered_until_the_model_changes() {
    assertThat(read()).isEqualTo(1);
    stored.set(2);
    assertThat(read()).isEqualTo(1);
    cache.invalidate(ACME, CHURN);
    assertThat(read()).isEqualTo(2);
  }

  @Test
  void is_not_shared_between_questions_or_tenants() {
    read();
    assertThat(read(ACME, "other", () -> 7)).isEqualTo(7);
    assertThat(read(new Tenant("globex"), "stage", () -> 8)).isEqualTo(8);
    cache.invalidate(new Tenant("globex"), CHURN);
    stored.set(2);
    assertThat(read()).isEqualTo(1);
  }

  @Test
  void at_all_models_is_remembered_until_one_of_them_changes() {
    assertThat(readAll()).isEqualTo(1);
    stored.set(2);
    cache.invalidate(new Tenant("globex"), CHURN);
    assertThat(readAll()).isEqualTo(1);
    cache.invalidate(ACME, new ModelId("fraud"));
    assertThat(readAll()).isEqualTo(2);
  }

  @Test
  void at_a_model_that_is_not_there_is_made_anew() {
    assertThatThrownBy(
            () ->
                read(
                    ACME,
                    "stage",
                    () -> {
                      throw new IllegalStateException("not there");
                    }))
        .hasMessage("not there");
    assertThat(read()).isEqualTo(1);
  }

  @Test
  void that_began_before_a_change_is_not_remembered() {
    assertThat(
            read(
                ACME,
                "stage",
                () -> {
                  int read = stored.get();
                  stored.set(2);
                  cache.invalidate(ACME, CHURN);
                  return read;
                }))
        .isEqualTo(1);
    assertThat(read()).isEqualTo(2);
  }

  @Test
  void goes_to_the_database_while_changes_are_not_heard_of() {
    read();
    stored.set(2);
    listening = false;
    assertThat(read()).isEqualTo(2);
  }

  @Test
  void is_made_anew_after_a_while() {
    read();
    stored.set(2);
    now += AnswerCache.LONGEST.toNanos();
    assertThat(read()).isEqualTo(2);
  }

  @Test
  void makes_room_when_there_are_too_many() {
    for (int i = 0; i < 1_000; i++) {
      int question = i;
      TenantScope.call(ACME, () -> cache.of(CHURN, question, _ -> 99, () -> question));
      assertThat(cache.rows()).isLessThanOrEqualTo(AnswerCache.MOST_ROWS);
    }
    assertThat(cache.rows()).isGreaterThan(AnswerCache.MOST_ROWS / 2);
    read();
    stored.set(2);
    assertThat(read()).isEqualTo(1);
  }

  @Test
  void counts_no_more_once_it_is_invalidated() {
    read();
    for (int i = 0; i < 2 * AnswerCache.MOST_ROWS; i++) {
      read(new Tenant("globex"), "stage", stored::get);
      cache.invalidate(new Tenant("globex"), CHURN);
    }
    assertThat(cache.rows()).isEqualTo(1);
    stored.set(2);
    assertThat(read()).isEqualTo(1);
  }
}
