package ai.matih.ml.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every pod that the chart makes, Ray's among them. */
class PodTests {

  private static final Set<String> SERVICES =
      Set.of(
          "ml-api",
          "training-orchestrator",
          "model-registry-gateway",
          "feature-gateway",
          "serving-router");

  /** It must reach into the node; the only exception, and off by default. */
  private static final String PRIVILEGED = "gpu-device-plugin";

  static Stream<Arguments> combinations() {
    return ChartTests.combinations();
  }

  private static Stream<Manifest> workloads(Values values) {
    return Chart.SUITE.render(values).stream().filter(m -> !m.podTemplates().isEmpty());
  }

  private static Stream<Manifest> restricted(Values values) {
    return workloads(values).filter(m -> !m.component().equals(PRIVILEGED));
  }

  private static Stream<Manifest> services(Values values) {
    return workloads(values).filter(m -> SERVICES.contains(m.component()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void pods_pass_the_restricted_standard_and_write_only_where_they_may(String name, Values values) {
    assertThat(restricted(values).toList())
        .isNotEmpty()
        .allSatisfy(
            workload -> {
              assertThat(workload.podTemplates())
                  .allSatisfy(
                      template -> {
                        JsonNode pod = template.path("spec");
                        JsonNode security = pod.path("securityContext");
                        assertThat(security.path("runAsNonRoot").asBoolean()).isTrue();
                        assertThat(security.path("runAsUser").asLong()).isPositive();
                        assertThat(security.at("/seccompProfile/type").asString(""))
                            .isEqualTo("RuntimeDefault");
                        assertThat(
                                pod.has("hostNetwork") || pod.has("hostPID") || pod.has("hostIPC"))
                            .isFalse();
                        assertThat(pod.path("enableServiceLinks").asBoolean(true)).isFalse();
                        assertThat(Manifest.elements(pod.path("volumes")))
                            .noneMatch(volume -> volume.has("hostPath"));
                      });
              assertThat(workload.containers().toList())
                  .isNotEmpty()
                  .allSatisfy(
                      container -> {
                        JsonNode security = container.path("securityContext");
                        assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                            .isFalse();
                        assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
                        assertThat(security.path("runAsNonRoot").asBoolean()).isTrue();
                        assertThat(security.at("/capabilities/drop").toString())
                            .isEqualTo("[\"ALL\"]");
                        assertThat(security.at("/capabilities").has("add")).isFalse();
                      });
            });
  }

  @Test
  void only_the_device_plugin_reaches_into_the_node() {
    Values values = Values.prod().with("gpuDevicePlugin.enabled", true);
    assertThat(
            workloads(values)
                .filter(
                    m ->
                        m.podTemplates().stream()
                            .flatMap(t -> Manifest.elements(t.at("/spec/volumes")))
                            .anyMatch(v -> v.has("hostPath")))
                .map(Manifest::component))
        .containsExactly(PRIVILEGED);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void images_are_pinned(String name, Values values) {
    assertThat(
            workloads(values).flatMap(Manifest::containers).map(c -> c.path("image").asString("")))
        .isNotEmpty()
        .allSatisfy(
            image ->
                assertThat(image)
                    .matches(
                        "[a-z0-9][a-z0-9./_-]*:[A-Za-z0-9_][A-Za-z0-9_.-]*(@sha256:[0-9a-f]{64})?")
                    .doesNotContain(":latest"));
  }

  @Test
  void a_digest_decides_and_a_registry_is_put_before() {
    String digest = "sha256:" + "ab".repeat(32);
    Values values =
        Values.dev()
            .with("imageRegistry", "registry.example.com/ml/")
            .with("services.ml-api.image.digest", digest);

    assertThat(
            workloads(values)
                .filter(m -> m.component().equals("ml-api"))
                .flatMap(Manifest::containers))
        .allSatisfy(
            container ->
                assertThat(container.path("image").asString(""))
                    .isEqualTo("registry.example.com/ml/matih-ml/ml-api:0.1.0@" + digest));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void every_container_says_what_it_needs_and_what_it_may_take(String name, Values values) {
    assertThat(workloads(values).flatMap(Manifest::containers))
        .allSatisfy(
            container -> {
              for (String side : List.of("requests", "limits")) {
                JsonNode amounts = container.at("/resources/" + side);
                assertThat(amounts.has("cpu") && amounts.has("memory"))
                    .as("%s of %s", side, container.path("name"))
                    .isTrue();
              }
            });
  }

  @Test
  void a_service_gets_the_memory_that_its_heap_is_a_share_of() {
    for (Values values : List.of(Values.none(), Values.dev(), Values.prod())) {
      assertThat(services(values).flatMap(Manifest::containers))
          .allSatisfy(
              container -> {
                assertThat(container.at("/resources/requests/memory"))
                    .as("the heap is sized by the limit")
                    .isEqualTo(container.at("/resources/limits/memory"));
                assertThat(Quantities.bytes(container.at("/resources/limits/memory")))
                    .as("below half a gigabyte the JVM takes another share")
                    .isGreaterThanOrEqualTo(512L << 20);
              });
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void only_who_talks_to_kubernetes_holds_its_token(String name, Values values) {
    boolean jobs =
        Chart.SUITE.render(values).stream().anyMatch(m -> m.kind().equals("ClusterRoleBinding"));
    Set<String> holders = new TreeSet<>();
    workloads(values)
        .forEach(
            m ->
                m.podTemplates()
                    .forEach(
                        template -> {
                          if (template.at("/spec/automountServiceAccountToken").asBoolean(true)) {
                            holders.add(m.component());
                          }
                        }));

    assertThat(holders).isSubsetOf("training-orchestrator", "ray");
    assertThat(holders.contains("training-orchestrator")).isEqualTo(jobs);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void a_pod_has_more_time_than_its_end_takes(String name, Values values) {
    assertThat(services(values).toList())
        .hasSize(5)
        .allSatisfy(
            service -> {
              JsonNode pod = service.at("/spec/template/spec");
              long grace = pod.path("terminationGracePeriodSeconds").asLong();
              JsonNode settings = settings(service, values);
              long lameDuck = seconds(settings.at("/matih/web/lame-duck"));
              long drain = seconds(settings.at("/spring/lifecycle/timeout-per-shutdown-phase"));
              assertThat(lameDuck).isGreaterThanOrEqualTo(3);
              assertThat(drain).isPositive();
              assertThat(grace).isGreaterThan(lameDuck + drain);
            });
  }

  @Test
  void the_grace_follows_the_drain() {
    Values slow = Values.prod().with("services.serving-router.shutdown.drainSeconds", 120);

    assertThat(services(slow).filter(m -> m.component().equals("serving-router")))
        .allSatisfy(
            service ->
                assertThat(service.at("/spec/template/spec/terminationGracePeriodSeconds").asLong())
                    .isEqualTo(8 + 120 + 15));
  }

  private static JsonNode settings(Manifest service, Values values) {
    Manifest config =
        Chart.SUITE.render(values).stream()
            .filter(m -> m.kind().equals("ConfigMap") && m.name().equals(service.name()))
            .findFirst()
            .orElseThrow();
    return Chart.YAML.readTree(config.at("/data/application.yaml").asString(""));
  }

  private static long seconds(JsonNode duration) {
    String text = duration.asString("");
    assertThat(text).endsWith("s");
    return Long.parseLong(text.substring(0, text.length() - 1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void a_service_is_probed_on_the_management_port_and_rolls_without_a_gap(
      String name, Values values) {
    assertThat(services(values).toList())
        .hasSize(5)
        .allSatisfy(
            service -> {
              JsonNode container = service.at("/spec/template/spec/containers/0");
              for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
                assertThat(container.path(probe).at("/httpGet/port").asString(""))
                    .isEqualTo("management");
                assertThat(container.path(probe).path("timeoutSeconds").asInt())
                    .as("a busy node answers late")
                    .isGreaterThanOrEqualTo(3);
              }
              assertThat(container.at("/readinessProbe/httpGet/path").asString(""))
                  .isEqualTo("/actuator/health/readiness");
              assertThat(container.at("/livenessProbe/httpGet/path").asString(""))
                  .isEqualTo("/actuator/health/liveness");
              assertThat(service.at("/spec/strategy/rollingUpdate/maxUnavailable").asInt(-1))
                  .isZero();
              assertThat(
                      Manifest.elements(
                          service.at("/spec/template/spec/topologySpreadConstraints")))
                  .extracting(c -> c.path("topologyKey").asString(""))
                  .containsExactly("kubernetes.io/hostname", "topology.kubernetes.io/zone");
            });
  }

  /** Its health page asks the database too, which a restart of MLflow does not bring back. */
  @Test
  void mlflow_is_not_restarted_for_its_database() {
    assertThat(workloads(Values.dev()).filter(m -> m.name().endsWith("-mlflow")).toList())
        .singleElement()
        .extracting(m -> m.at("/spec/template/spec/containers/0"))
        .satisfies(
            container -> {
              assertThat(container.at("/readinessProbe/httpGet/path").asString(""))
                  .isEqualTo("/health");
              assertThat(container.path("livenessProbe").has("tcpSocket")).isTrue();
              assertThat(container.path("livenessProbe").has("httpGet")).isFalse();
            });
  }

  @Test
  void who_is_scaled_names_no_number_of_replicas() {
    Set<String> scaled = Set.of("ml-api", "feature-gateway", "serving-router");
    assertThat(services(Values.prod()).toList())
        .allSatisfy(
            service ->
                assertThat(service.at("/spec").has("replicas"))
                    .as("an upgrade would fight the autoscaler of %s", service)
                    .isEqualTo(!scaled.contains(service.component())));
    assertThat(Chart.SUITE.render(Values.prod()))
        .filteredOn(m -> m.kind().equals("HorizontalPodAutoscaler"))
        .extracting(Manifest::component)
        .containsExactlyInAnyOrderElementsOf(scaled);
  }

  @Test
  void keda_takes_the_place_of_the_autoscaler() {
    assertThat(
            Chart.SUITE.render(Combinations.named("keda")).stream()
                .filter(m -> m.component().equals("serving-router"))
                .map(Manifest::kind))
        .contains("ScaledObject")
        .doesNotContain("HorizontalPodAutoscaler");
  }

  @Test
  void who_runs_more_than_once_has_a_disruption_budget() {
    assertThat(budgets(Values.dev())).isEmpty();
    assertThat(budgets(Values.prod())).containsExactlyInAnyOrderElementsOf(SERVICES);
  }

  private static List<String> budgets(Values values) {
    return Chart.SUITE.render(values).stream()
        .filter(m -> m.kind().equals("PodDisruptionBudget"))
        .map(Manifest::component)
        .toList();
  }

  @Test
  void a_changed_setting_rolls_the_pods_of_its_service_only() {
    Values changed =
        Values.prod().with("services.feature-gateway.settings.features.online.max-rows", 9);

    assertThat(checksums(changed))
        .allSatisfy(
            (component, checksum) ->
                assertThat(checksum.equals(checksums(Values.prod()).get(component)))
                    .as(component)
                    .isEqualTo(!component.equals("feature-gateway")));
  }

  private static Map<String, String> checksums(Values values) {
    return services(values)
        .collect(
            java.util.stream.Collectors.toMap(
                Manifest::component,
                m ->
                    Manifest.texts(m.at("/spec/template/metadata/annotations"))
                        .getOrDefault("checksum/config", "")));
  }

  @Test
  void data_outlive_the_release() {
    assertThat(workloads(Values.dev()).filter(m -> m.kind().equals("StatefulSet")).toList())
        .hasSize(2)
        .allSatisfy(
            m ->
                assertThat(
                        m.at("/spec/persistentVolumeClaimRetentionPolicy/whenDeleted").asString(""))
                    .isEqualTo("Retain"));
  }

  @Test
  void the_setup_job_gets_a_new_name_when_it_has_something_else_to_do() {
    assertThat(setup(Values.dev())).isEqualTo(setup(Values.dev().with("defaults.replicas", 3)));
    assertThat(setup(Values.dev()))
        .isNotEqualTo(setup(Values.dev().with("objectStore.buckets.models", "our-models")));
  }

  private static String setup(Values values) {
    return Chart.SUITE.render(values).stream()
        .filter(m -> m.kind().equals("Job"))
        .map(Manifest::name)
        .findFirst()
        .orElseThrow();
  }
}
