package ai.matih.ml.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Where the neighbours of a service are. */
class AddressesTests {

  private static Addresses bind(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(properties))
        .bindOrCreate("matih", Addresses.class);
  }

  @Test
  void are_found_by_the_name_of_the_neighbour() {
    var addresses =
        bind(
            Map.of(
                "matih.services.registry", "http://registry:8002",
                "matih.engines.ray", "http://ray:8265",
                "matih.web.max-json", "1MB"));

    assertThat(addresses.service("registry")).isEqualTo("http://registry:8002");
    assertThat(addresses.engine("ray")).isEqualTo("http://ray:8265");
  }

  @Test
  void a_missing_or_empty_one_is_refused_with_the_name_of_its_property() {
    var addresses = bind(Map.of("matih.engines.ray", ""));

    assertThatThrownBy(() -> addresses.engine("ray"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("matih.engines.ray is not set.");
    assertThatThrownBy(() -> addresses.service("training"))
        .hasMessage("matih.services.training is not set.");
  }
}
