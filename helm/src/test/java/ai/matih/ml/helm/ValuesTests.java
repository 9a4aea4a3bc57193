package ai.matih.ml.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Values are documented, and a wrong one is refused with its path. */
class ValuesTests {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          services.ml-api.replica                     | 3             | /services/ml-api
          services.ml-api.replicas                    | 0             | /services/ml-api/replicas
          services.ml-api.replicas                    | many          | /services/ml-api/replicas
          services.door.replicas                      | 1             | /services
          defaults.image.tag                          | latest        | /defaults/image/tag
          services.serving-router.image.tag           | latest        | /services/serving-router/image/tag
          services.serving-router.image.digest        | sha256:12     | /services/serving-router/image/digest
          defaults.managementPort                     | 99999         | /defaults/managementPort
          defaults.shutdown.lameDuckSeconds           | 0             | /defaults/shutdown/lameDuckSeconds
          defaults.settings.trainig.job.poll          | 1s            | /defaults/settings
          services.ml-api.settings.serving.engine     | x             | /services/ml-api/settings
          defaults.runAsUser                          | 0             | /defaults/runAsUser
          postgresql.enabled                          | maybe         | /postgresql/enabled
          postgresql.persistence.size                 | big           | /postgresql/persistence/size
          postgresql.existingSecret                   | A secret      | /postgresql/existingSecret
          postgresql.maxConnections                   | 10            | /postgresql/maxConnections
          objectStore.external.endpoint               | s3.example    | /objectStore/external/endpoint
          objectStore.buckets.models                  | Models        | /objectStore/buckets/models
          ray.version                                 | 2.60          | /ray/version
          ray.head.resources.limits.cpu               | lots          | /ray/head/resources/limits/cpu
          ray.workers.gpu.maxReplicas                 | 0             | /ray/workers/gpu/maxReplicas
          ray.workers.tpu.enabled                     | true          | /ray/workers
          ray.autoscaling.upscalingMode               | Fast          | /ray/autoscaling/upscalingMode
          ray.gcsFaultTolerance.redisAddress          | redis         | /ray/gcsFaultTolerance/redisAddress
          feast.onlineStore.type                      | sqlite        | /feast/onlineStore/type
          feast.onlineStore.redis.url                 | redis.example | /feast/onlineStore/redis/url
          feast.onlineStore.redis.url                 | redis://u:p@r:1 | /feast/onlineStore/redis/url
          feast.onlineStore.type                      | redis         | /feast/onlineStore/redis/url
          webhooks.egress.ports                       | 443           | /webhooks/egress/ports
          webhooks.egress.networks                    | 10.0.0.0/8    | /webhooks/egress/networks
          webhooks.egress.exclude                     | 10.0.0.0/8    | /webhooks/egress
          networkPolicy.kubernetesCidrs[0]            | everywhere    | /networkPolicy
          monitoring.interval                         | often         | /monitoring/interval
          door.service.type                           | ExternalName  | /door/service/type
          door.service.port                           | 0             | /door/service/port
          auth.oidc.issuer                            | login         | /auth/oidc/issuer
          fullnameOverride                            | a-name-that-is-too-long-by-far | /fullnameOverride
          """)
  void a_wrong_value_is_refused_by_its_path(String path, String value, String named) {
    Object typed = value.matches("[0-9]+") ? (Object) Integer.valueOf(value) : value;

    assertThatThrownBy(() -> Chart.SUITE.render(Values.dev().with(path, typed)))
        .hasMessageContaining("at '" + named);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          postgresql.enabled   | /postgresql/external/host
          objectStore.enabled  | /objectStore/external/endpoint
          mlflow.enabled       | /mlflow/external/url
          feast.enabled        | /feast/external/url
          ray.enabled          | /ray/external/url
          """)
  void a_part_that_is_yours_needs_its_address(String part, String named) {
    assertThatThrownBy(() -> Chart.SUITE.render(Values.dev().with(part, false)))
        .hasMessageContaining("at '" + named);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0/0",
        "0.0.0.0/8",
        "168.0.0.0/7",
        "169.254.169.254/32",
        "127.0.0.0/8",
        "10.0.0.0/33",
        "::/0",
        "fe80::/64",
        "fc00::/7",
        "fd00::/8",
        "fd00:ec2::254/128",
        "fd00:0ec2::254/128",
        "hooks.example.com"
      })
  void no_network_of_receivers_holds_what_must_never_be_called(String network) {
    assertThatThrownBy(
            () ->
                Chart.SUITE.render(Values.dev().with("webhooks.egress.networks", List.of(network))))
        .hasMessageContaining("at '/webhooks/egress/networks/0");
  }

  @Test
  void webhooks_are_never_without_ports() {
    assertThatThrownBy(
            () -> Chart.SUITE.render(Values.dev().with("webhooks.egress.ports", List.of())))
        .hasMessageContaining("at '/webhooks/egress/ports");
  }

  @Test
  void gpu_workers_need_the_taint_and_the_label_of_their_pool() {
    assertThatThrownBy(
            () -> Chart.SUITE.render(Values.prod().with("ray.workers.gpu.tolerations", List.of())))
        .hasMessageContaining("at '/ray/workers/gpu/tolerations");
    assertThatThrownBy(
            () -> Chart.SUITE.render(Values.prod().with("ray.workers.gpu.nodeSelector", null)))
        .hasMessageContaining("at '/ray/workers/gpu");
  }

  @Test
  void what_cannot_be_said_in_a_schema_is_said_by_the_template() {
    assertThatThrownBy(
            () ->
                Chart.SUITE.render(
                    Values.prod().with("services.ml-api.autoscaling.keda.enabled", true)))
        .hasMessageContaining("services.ml-api.autoscaling.keda.triggers is missing");
    assertThatThrownBy(
            () -> Chart.SUITE.render(Values.prod().with("ray.gcsFaultTolerance.enabled", true)))
        .hasMessageContaining("ray.gcsFaultTolerance.redisAddress is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"matih-ml", "matih-ml-tenant"})
  void the_schema_refuses_every_key_that_it_does_not_list(String name) {
    List<String> open = new ArrayList<>();
    open("", new Chart(name).yaml("values.schema.json"), open);

    assertThat(open)
        .as("objects that take any key, because Kubernetes or an annotation decides about them")
        .allSatisfy(
            path ->
                assertThat(path)
                    .matches(
                        ".*(global|affinity|prediction|valueFrom|podSelector|namespaceSelector|"
                            + "ipBlock|spring|server|management|logging|matih|api|training|registry|"
                            + "features|serving|triggers/items|egress/items)"));
  }

  private static void open(String path, JsonNode schema, List<String> found) {
    if (schema.path("type").asString("").equals("object") && !schema.has("additionalProperties")) {
      found.add(path);
    }
    schema
        .properties()
        .forEach(
            entry ->
                open(
                    path + (entry.getKey().equals("properties") ? "" : "/" + entry.getKey()),
                    entry.getValue(),
                    found));
  }

  @ParameterizedTest
  @ValueSource(strings = {"matih-ml", "matih-ml-tenant"})
  void every_value_is_documented(String name) {
    assertThat(new Reference(new Chart(name)).rows())
        .hasSizeGreaterThan(15)
        .allSatisfy(row -> assertThat(row.meaning()).as(row.path()).isNotBlank());
  }

  @ParameterizedTest
  @ValueSource(strings = {"matih-ml", "matih-ml-tenant"})
  void the_readme_lists_exactly_the_values(String name) {
    Chart chart = new Chart(name);
    Reference reference = new Reference(chart);
    if (Boolean.getBoolean("helm.update")) {
      reference.write();
    }

    assertThat(chart.text("README.md"))
        .as("run the tests of this module with -Dhelm.update=true and look at the difference")
        .isEqualTo(reference.readme());
  }

  @Test
  void a_size_sets_only_values_that_exist() {
    for (String file : List.of("values-dev.yaml", "values-prod.yaml")) {
      List<String> unknown = new ArrayList<>();
      compare("", Chart.SUITE.yaml(file), known(), unknown);
      assertThat(unknown).as(file).isEmpty();
    }
  }

  /** The services have all keys of "defaults" beside their own. */
  private static JsonNode known() {
    JsonNode values = Chart.SUITE.yaml("values.yaml");
    Map<String, JsonNode> services = new java.util.LinkedHashMap<>();
    values
        .path("services")
        .properties()
        .forEach(
            entry -> {
              var merged =
                  (tools.jackson.databind.node.ObjectNode) values.path("defaults").deepCopy();
              entry
                  .getValue()
                  .properties()
                  .forEach(own -> merged.set(own.getKey(), own.getValue()));
              services.put(entry.getKey(), merged);
            });
    var all = (tools.jackson.databind.node.ObjectNode) values.deepCopy();
    var node = all.putObject("services");
    services.forEach(node::set);
    return all;
  }

  private static void compare(String path, JsonNode given, JsonNode known, List<String> unknown) {
    given
        .properties()
        .forEach(
            entry -> {
              String below = path + "/" + entry.getKey();
              if (!known.has(entry.getKey())) {
                unknown.add(below);
              } else if (entry.getValue().isObject()) {
                compare(below, entry.getValue(), known.path(entry.getKey()), unknown);
              }
            });
  }
}
