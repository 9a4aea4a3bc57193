package ai.matih.ml.common.http;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the neighbours of a service are: the other services and the engines, by one scheme of names
 * in all five. A service lists in its {@code application.yaml} those that it talks to.
 *
 * @param services base addresses by the service's short name: api, training, registry, features,
 *     serving
 * @param engines base addresses by the engine's name: mlflow, ray, feast
 */
@ConfigurationProperties("matih")
public record Addresses(
    @DefaultValue Map<String, String> services, @DefaultValue Map<String, String> engines) {

  public Addresses {
    services = Map.copyOf(services);
    engines = Map.copyOf(engines);
  }

  /**
   * @throws IllegalStateException when it is not set; the message names the property
   */
  public String service(String name) {
    return address("services", services, name);
  }

  /**
   * @throws IllegalStateException when it is not set; the message names the property
   */
  public String engine(String name) {
    return address("engines", engines, name);
  }

  private static String address(String kind, Map<String, String> addresses, String name) {
    var address = addresses.getOrDefault(name, "");
    if (address.isBlank()) {
      throw new IllegalStateException("matih." + kind + "." + name + " is not set.");
    }
    return address;
  }
}
