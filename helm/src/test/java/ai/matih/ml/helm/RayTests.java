package ai.matih.ml.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The cluster of Ray: the sizes of the seed's table, its token, and GPUs where they are. */
class RayTests {

  private static JsonNode cluster(Values values) {
    return Chart.SUITE.render(values).stream()
        .filter(m -> m.kind().equals("RayCluster"))
        .findFirst()
        .orElseThrow()
        .at("/spec");
  }

  private static JsonNode group(JsonNode cluster, String name) {
    return Manifest.elements(cluster.path("workerGroupSpecs"))
        .filter(group -> group.path("groupName").asString("").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode resources(JsonNode group) {
    return group.at("/template/spec/containers/0/resources");
  }

  @Test
  void development_has_one_head_with_2_cpus_and_4_gigabytes_and_no_workers() {
    JsonNode cluster = cluster(Values.dev());

    assertThat(resources(cluster.path("headGroupSpec")).path("limits"))
        .isEqualTo(Chart.YAML.readTree("{cpu: '2', memory: 4Gi}"));
    assertThat(resources(cluster.path("headGroupSpec")).path("requests"))
        .isEqualTo(Chart.YAML.readTree("{cpu: '2', memory: 4Gi}"));
    assertThat(cluster.path("workerGroupSpecs").size()).isZero();
    assertThat(cluster.at("/headGroupSpec/rayStartParams").has("num-cpus"))
        .as("jobs run on the head, there is no other place")
        .isFalse();
  }

  @Test
  void production_has_a_head_with_4_cpus_and_8_gigabytes_that_runs_no_jobs() {
    JsonNode cluster = cluster(Values.prod());

    assertThat(resources(cluster.path("headGroupSpec")).path("limits"))
        .isEqualTo(Chart.YAML.readTree("{cpu: '4', memory: 8Gi}"));
    assertThat(cluster.at("/headGroupSpec/rayStartParams/num-cpus").asString("")).isEqualTo("0");
  }

  @Test
  void production_has_2_to_8_workers_and_up_to_4_with_gpus_on_demand() {
    JsonNode cluster = cluster(Values.prod());

    assertThat(cluster.path("enableInTreeAutoscaling").asBoolean()).isTrue();
    assertThat(group(cluster, "cpu").path("minReplicas").asInt()).isEqualTo(2);
    assertThat(group(cluster, "cpu").path("maxReplicas").asInt()).isEqualTo(8);
    assertThat(group(cluster, "gpu").path("minReplicas").asInt(-1)).isZero();
    assertThat(group(cluster, "gpu").path("maxReplicas").asInt()).isEqualTo(4);
    assertThat(group(cluster, "gpu").path("replicas").asInt(-1)).isZero();
  }

  @Test
  void gpu_workers_land_on_gpu_nodes_only_and_nobody_else_does() {
    JsonNode cluster = cluster(Values.prod());
    JsonNode pod = group(cluster, "gpu").at("/template/spec");

    assertThat(resources(group(cluster, "gpu")).at("/limits/nvidia.com~1gpu").asInt()).isEqualTo(1);
    assertThat(pod.at("/nodeSelector/nvidia.com~1gpu.present").asString("")).isEqualTo("true");
    assertThat(pod.path("tolerations").toString()).contains("nvidia.com/gpu", "NoSchedule");
    assertThat(
            Chart.SUITE.render(Values.prod()).stream()
                .flatMap(m -> m.podTemplates().stream())
                .filter(template -> template.toString().contains("nvidia.com/gpu")))
        .as("a GPU in limits, a selector or a toleration")
        .hasSize(1);
  }

  @Test
  void there_is_no_cluster_without_a_token() {
    for (Values values : Combinations.all().values()) {
      Chart.SUITE.render(values).stream()
          .filter(m -> m.kind().equals("RayCluster"))
          .forEach(
              m -> {
                assertThat(m.at("/spec/authOptions/mode").asString("")).isEqualTo("token");
                assertThat(m.at("/spec/authOptions/secretName").asString(""))
                    .isEqualTo("matih-ml-ray");
              });
    }
  }

  @Test
  void without_autoscaling_a_group_has_exactly_its_fewest_workers() {
    JsonNode cluster = cluster(Combinations.named("fixed workers"));

    assertThat(cluster.has("enableInTreeAutoscaling")).isFalse();
    assertThat(group(cluster, "cpu").path("replicas").asInt()).isEqualTo(3);
    assertThat(group(cluster, "cpu").path("maxReplicas").asInt()).isEqualTo(3);
  }

  @Test
  void the_head_can_keep_its_state_in_redis() {
    JsonNode options =
        cluster(Combinations.named("fault-tolerant head")).path("gcsFaultToleranceOptions");

    assertThat(options.path("redisAddress").asString(""))
        .isEqualTo("redis://redis.example.com:6379");
    assertThat(options.at("/redisPassword/valueFrom/secretKeyRef/name").asString(""))
        .isEqualTo("redis");
  }

  @Test
  void the_autoscaler_beside_the_head_is_restricted_too() {
    JsonNode options = cluster(Values.prod()).path("autoscalerOptions");

    assertThat(options.path("version").asString("")).isEqualTo("v2");
    assertThat(options.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(options.at("/securityContext/capabilities/drop/0").asString("")).isEqualTo("ALL");
  }

  @Test
  void the_device_plugin_goes_where_the_gpus_are() {
    assertThat(
            Chart.SUITE.render(Values.prod().with("gpuDevicePlugin.enabled", true)).stream()
                .filter(m -> m.kind().equals("DaemonSet")))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(Manifest.texts(m.at("/spec/template/spec/nodeSelector")))
                  .isEqualTo(Map.of("nvidia.com/gpu.present", "true"));
              assertThat(m.namespace()).isEqualTo("kube-system");
            });
  }

  @Test
  void shared_memory_fits_into_the_memory_of_its_container() {
    assertThat(cluster(Values.prod()).path("workerGroupSpecs"))
        .allSatisfy(
            group ->
                assertThat(
                        Quantities.bytes(
                            Manifest.elements(group.at("/template/spec/volumes"))
                                .filter(v -> v.path("name").asString("").equals("shm"))
                                .findFirst()
                                .orElseThrow()
                                .at("/emptyDir/sizeLimit")))
                    .isLessThan(Quantities.bytes(resources(group).at("/limits/memory"))));
  }
}
