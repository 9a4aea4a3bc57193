package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Answer;
import ai.matih.ml.acceptance.client.Door;
import ai.matih.ml.common.security.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every route of every service × every role: the table of roles is what the services do. */
class RolesIT {

  private static final String API = "/api/v1/ml";

  /** The module's folder is where Maven runs the tests. */
  private static final Path ROOT = Path.of("..");

  private record Route(String method, String path, List<String> permissions) {

    boolean isOpenTo(Role role) {
      return role.permissions().stream().anyMatch(p -> permissions.contains(p.toString()));
    }

    /** A path with ids of nothing. */
    String concrete() {
      return path.replaceAll("\\{[^}]*version[^}]*}", "1")
          .replaceAll("\\{[^}]*}", "00000000-0000-0000-0000-000000000000")
          .substring(API.length());
    }
  }

  @Test
  void a_role_may_do_exactly_what_the_table_says() throws IOException {
    Door admin = RunningPlatform.freshTenant();
    List<Route> routes = routes();
    List<String> wrong = new ArrayList<>();
    int calls = 0;
    for (Role role : Arrays.stream(Role.values()).filter(Role::isAssignable).toList()) {
      Door holder =
          admin.as(
              admin
                  .post(
                      "/keys",
                      Map.of(
                          "name",
                          "matrix",
                          "role",
                          role.wire(),
                          "principal",
                          "user:" + role.wire()))
                  .expect(201)
                  .text("/key"));
      for (Route route : routes) {
        Answer answer =
            holder.send(
                route.method(),
                route.concrete(),
                route.method().equals("GET") || route.method().equals("DELETE") ? null : "{}",
                Map.of());
        calls++;
        boolean refused = answer.status() == 403 && answer.text("/code").equals("Common:Forbidden");
        if (refused == route.isOpenTo(role) || answer.status() >= 500 || answer.status() == 401) {
          wrong.add(
              role.wire() + " " + answer.call() + " → " + answer.status() + " " + answer.body());
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(calls).isGreaterThan(300);
  }

  @Test
  void every_route_in_the_descriptions_names_its_permission() throws IOException {
    assertThat(routes()).hasSizeGreaterThan(50).allMatch(route -> !route.permissions().isEmpty());
  }

  /** As the checked-in descriptions list them, without those that stream for ever. */
  private static List<Route> routes() throws IOException {
    List<Route> routes = new ArrayList<>();
    try (Stream<Path> files =
        Files.find(
            ROOT,
            5,
            (path, _) ->
                path.toString().matches("\\.\\./[a-z-]+/src/main/openapi/[a-z-]+\\.json"))) {
      for (Path file : files.sorted().toList()) {
        JsonNode paths = JsonMapper.builder().build().readTree(file.toFile()).get("paths");
        for (Map.Entry<String, JsonNode> path : paths.properties()) {
          if (!path.getKey().startsWith(API + "/")) {
            continue;
          }
          for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
            routes.add(
                new Route(
                    operation.getKey().toUpperCase(java.util.Locale.ROOT),
                    path.getKey(),
                    List.of(
                        operation.getValue().path("x-permission").asString("").split(" or ", -1))));
          }
        }
      }
    }
    return routes;
  }
}
