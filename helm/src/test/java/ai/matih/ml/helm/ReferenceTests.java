package ai.matih.ml.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What one object says of another one is true, and what is secret is only ever a name. */
class ReferenceTests {

  private static final Set<String> SERVICES =
      Set.of(
          "ml-api",
          "training-orchestrator",
          "model-registry-gateway",
          "feature-gateway",
          "serving-router");

  /** The secrets that the documentation tells to make, with their keys. */
  private static final Map<String, Set<String>> SECRETS =
      Map.of(
          "matih-ml-auth",
          Set.of(
              "jwks.json",
              "bootstrap-key-sha256",
              "ml-api.jwk.json",
              "training-orchestrator.jwk.json",
              "model-registry-gateway.jwk.json",
              "feature-gateway.jwk.json",
              "serving-router.jwk.json"),
          "matih-ml-admin-key",
          Set.of("admin-key"),
          "matih-ml-postgresql",
          Set.of(
              "postgres-password",
              "api-password",
              "training-password",
              "registry-password",
              "features-password",
              "serving-password",
              "mlflow-password",
              "feast-password"),
          "matih-ml-object-store",
          Set.of("access-key", "secret-key"),
          "matih-ml-ray",
          Set.of("auth_token"),
          "matih-ml-feast",
          Set.of("token"));

  private static final Pattern SECRET_NAME =
      Pattern.compile("(?i).*(password|secret|token|_key|sha256)$");

  static Stream<Arguments> combinations() {
    return ChartTests.combinations();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void no_secret_is_rendered(String name, Values values) {
    List<Manifest> rendered = Chart.SUITE.render(values);

    assertThat(rendered).noneMatch(m -> m.kind().equals("Secret"));
    assertThat(
            rendered.stream()
                .flatMap(Manifest::containers)
                .flatMap(container -> Manifest.elements(container.path("env")))
                .filter(
                    variable -> SECRET_NAME.matcher(variable.path("name").asString("")).matches()))
        .isNotEmpty()
        .allSatisfy(
            variable ->
                assertThat(variable.has("value")).as(variable.path("name").asString("")).isFalse());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void every_key_of_a_secret_is_one_that_is_made(String name, Values values) {
    Map<String, Set<String>> used = new TreeMap<>();
    Chart.SUITE.render(values).forEach(manifest -> secrets(manifest.json(), used));
    used.remove("redis");

    assertThat(used)
        .allSatisfy(
            (secret, keys) ->
                assertThat(SECRETS.getOrDefault(secret, Set.of())).as(secret).containsAll(keys));
  }

  @Test
  void no_secret_is_made_for_nothing() {
    Map<String, Set<String>> used = new TreeMap<>();
    Chart.SUITE.render(Values.dev()).forEach(manifest -> secrets(manifest.json(), used));
    // KubeRay reads the key of this name by itself.
    used.computeIfAbsent("matih-ml-ray", _ -> new TreeSet<>()).add("auth_token");

    assertThat(used).isEqualTo(SECRETS);
  }

  private static void secrets(JsonNode node, Map<String, Set<String>> used) {
    JsonNode reference = node.path("secretKeyRef");
    if (reference.isObject()) {
      used.computeIfAbsent(reference.path("name").asString(""), _ -> new TreeSet<>())
          .add(reference.path("key").asString(""));
    }
    if (node.has("secretName") && node.has("items")) {
      Manifest.elements(node.path("items"))
          .forEach(
              item ->
                  used.computeIfAbsent(node.path("secretName").asString(""), _ -> new TreeSet<>())
                      .add(item.path("key").asString("")));
    }
    node.forEach(child -> secrets(child, used));
  }

  @Test
  void a_service_sees_its_own_signing_key_and_no_other_ones() {
    for (Manifest manifest : Chart.SUITE.render(Values.dev())) {
      if (manifest.kind().equals("Deployment") && SERVICES.contains(manifest.component())) {
        assertThat(
                Manifest.elements(manifest.at("/spec/template/spec/volumes"))
                    .filter(volume -> volume.has("secret"))
                    .flatMap(volume -> Manifest.elements(volume.at("/secret/items")))
                    .map(item -> item.path("key").asString("")))
            .containsExactlyInAnyOrder("jwks.json", manifest.component() + ".jwk.json");
      }
    }
  }

  @Test
  void a_service_gets_the_password_of_its_own_role_only() {
    Map<String, Set<String>> passwords = new TreeMap<>();
    for (Manifest manifest : Chart.SUITE.render(Values.dev())) {
      if (SERVICES.contains(manifest.component())) {
        Map<String, Set<String>> used = new TreeMap<>();
        secrets(manifest.json(), used);
        passwords
            .computeIfAbsent(manifest.component(), _ -> new TreeSet<>())
            .addAll(used.getOrDefault("matih-ml-postgresql", Set.of()));
      }
    }

    assertThat(passwords)
        .isEqualTo(
            Map.of(
                "ml-api", Set.of("api-password"),
                "training-orchestrator", Set.of("training-password"),
                "model-registry-gateway", Set.of("registry-password"),
                "feature-gateway", Set.of("features-password", "feast-password"),
                "serving-router", Set.of("serving-password")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void configuration_accounts_volumes_and_services_are_there(String name, Values values) {
    List<Manifest> rendered = Chart.SUITE.render(values);
    Set<String> there = new TreeSet<>();
    rendered.forEach(m -> there.add(m.kind() + "/" + m.name()));

    for (Manifest manifest : rendered) {
      for (JsonNode template : manifest.podTemplates()) {
        JsonNode pod = template.path("spec");
        if (pod.has("serviceAccountName")) {
          assertThat(there)
              .contains("ServiceAccount/" + pod.path("serviceAccountName").asString(""));
        }
        Set<String> volumes = new TreeSet<>();
        Manifest.elements(pod.path("volumes"))
            .forEach(
                volume -> {
                  volumes.add(volume.path("name").asString(""));
                  if (volume.has("configMap")) {
                    assertThat(there)
                        .contains("ConfigMap/" + volume.at("/configMap/name").asString(""));
                  }
                });
        Manifest.elements(manifest.at("/spec/volumeClaimTemplates"))
            .forEach(claim -> volumes.add(claim.at("/metadata/name").asString("")));
        Set<String> mounted = new TreeSet<>();
        Manifest.elements(pod.path("containers"))
            .flatMap(container -> Manifest.elements(container.path("volumeMounts")))
            .forEach(mount -> mounted.add(mount.path("name").asString("")));
        assertThat(mounted).as("mounts of %s", manifest).isEqualTo(volumes);
      }
      if (manifest.kind().equals("HorizontalPodAutoscaler")) {
        assertThat(there)
            .contains("Deployment/" + manifest.at("/spec/scaleTargetRef/name").asString(""));
      }
      if (manifest.kind().equals("Ingress")) {
        assertThat(there)
            .contains(
                "Service/"
                    + manifest.at("/spec/rules/0/http/paths/0/backend/service/name").asString(""));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void every_address_inside_leads_to_a_port_that_a_service_has(String name, Values values) {
    List<Manifest> rendered = Chart.SUITE.render(values);
    Set<String> open = new TreeSet<>();
    for (Manifest manifest : rendered) {
      if (manifest.kind().equals("Service")) {
        Manifest.elements(manifest.at("/spec/ports"))
            .forEach(p -> open.add(manifest.name() + ".ml.svc:" + p.path("port").asInt()));
      }
      if (manifest.kind().equals("RayCluster")) {
        // The dashboard and the proxy of Ray Serve.
        open.add(manifest.name() + "-head-svc.ml.svc:8265");
        open.add(manifest.name() + "-head-svc.ml.svc:8000");
      }
    }
    Pattern inside = Pattern.compile("[a-z0-9-]+\\.ml\\.svc:[0-9]+");

    assertThat(
            rendered.stream()
                .flatMap(Manifest::containers)
                .flatMap(container -> Manifest.elements(container.path("env")))
                .filter(v -> !v.path("name").asString("").equals("MLFLOW_SERVER_ALLOWED_HOSTS"))
                .flatMap(v -> inside.matcher(v.path("value").asString("")).results())
                .map(java.util.regex.MatchResult::group))
        .isNotEmpty()
        .allSatisfy(address -> assertThat(open).contains(address));
  }
}
