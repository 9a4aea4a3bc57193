package ai.matih.ml.common.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantTests {

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "Acme", "1a", "a_b", "a--b", "-a", "a-", "a/b", "*", "a b", "ünder"})
  void a_slug_of_another_form_is_refused(String slug) {
    assertThatThrownBy(() -> new Tenant(slug)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_slug_has_at_most_32_characters() {
    assertThat(new Tenant("a".repeat(32)).slug()).hasSize(32);
    assertThatThrownBy(() -> new Tenant("a".repeat(33)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void work_outside_any_scope_has_no_tenant() {
    assertThat(TenantScope.current()).isEmpty();
    assertThatThrownBy(TenantScope::require).isInstanceOf(IllegalStateException.class);
    assertThat(TenantScope.acrossTenants(TenantScope::current)).isEmpty();
  }

  @Test
  void a_scope_ends_with_its_work_and_inner_scopes_give_way_to_outer_ones() {
    Tenant outer = new Tenant("outer");
    TenantScope.run(
        outer,
        () -> {
          TenantScope.run(
              new Tenant("inner"),
              () -> assertThat(TenantScope.require().slug()).isEqualTo("inner"));
          assertThat(TenantScope.require()).isEqualTo(outer);
        });
    assertThat(TenantScope.current()).isEmpty();
  }
}
