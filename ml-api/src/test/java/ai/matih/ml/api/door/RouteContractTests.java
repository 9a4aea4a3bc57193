package ai.matih.ml.api.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The routing table against the checked-in OpenAPI files of the services that it leads to. */
class RouteContractTests {

  @ParameterizedTest
  @EnumSource(Destination.class)
  void every_path_of_a_service_is_led_to_it(Destination service) throws IOException {
    assertThat(paths(service))
        .isNotEmpty()
        .allSatisfy(
            path ->
                assertThat(Route.of(path).map(route -> route.destination().wire()))
                    .as(path)
                    .contains(service.wire()));
  }

  @Test
  void every_route_leads_to_a_path_that_its_service_has() throws IOException {
    List<String> nowhere = new ArrayList<>();
    for (Route route : Route.table()) {
      String prefix = "/" + String.join("/", route.prefix());
      List<String> led =
          paths(route.destination()).stream()
              .filter(path -> Route.of(path).equals(Optional.of(route)))
              .toList();
      if (led.isEmpty()) {
        nowhere.add(prefix);
      }
      route.names().stream()
          .filter(
              name -> led.stream().noneMatch(path -> List.of(path.split("/", -1)).contains(name)))
          .forEach(name -> nowhere.add(prefix + "/*/" + name));
    }
    // The Open Inference Protocol has a description of its own.
    assertThat(nowhere).containsExactly("/v2");
  }

  /** No path of a service is answered by the door itself, nor the other way round. */
  @Test
  void what_the_door_answers_itself_is_led_nowhere() throws IOException {
    assertThat(paths("ml-api"))
        .isNotEmpty()
        .allSatisfy(path -> assertThat(Route.of(path)).isEmpty());
  }

  private static List<String> paths(Destination service) throws IOException {
    return paths(service.wire());
  }

  /** With something in the place of each variable. */
  private static List<String> paths(String service) throws IOException {
    JsonNode document =
        JsonMapper.shared()
            .readTree(
                Files.readString(Path.of("..", service, "src/main/openapi", service + ".json")));
    return document.path("paths").propertyNames().stream()
        .map(path -> path.replaceAll("\\{[^}]*}", "x1"))
        .toList();
  }
}
