package ai.matih.ml.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who can talk to whom when the policies are enforced: the flows of the design, and no other. */
class FlowTests {

  /** Of every size, with the engines inside. */
  private static final String ALWAYS =
      """
      stranger -> ml-api:8000
      test -> ml-api:8000
      ml-api -> training-orchestrator:8001
      ml-api -> model-registry-gateway:8002
      ml-api -> feature-gateway:8003
      ml-api -> serving-router:8004
      ml-api -> mlflow:5000
      ml-api -> feast:6566
      ml-api -> ray:8265
      training-orchestrator -> ml-api:8000
      training-orchestrator -> model-registry-gateway:8002
      training-orchestrator -> feature-gateway:8003
      training-orchestrator -> ray:8265
      model-registry-gateway -> training-orchestrator:8001
      model-registry-gateway -> serving-router:8004
      model-registry-gateway -> mlflow:5000
      feature-gateway -> feast:6566
      serving-router -> model-registry-gateway:8002
      serving-router -> feature-gateway:8003
      ray -> ray:22
      ray -> ray:6379
      ray -> ray:8000
      ray -> ray:8080
      ray -> ray:8265
      ray -> ray:10001
      ray -> ml-api:8000
      operator -> ray:8265
      # An empty list of people means everybody who reaches the network.
      job -> ml-api:8000
      operator -> ml-api:8000
      scraper -> ml-api:8000
      internet -> ml-api:8000
      database -> ml-api:8000
      store -> ml-api:8000
      """;

  private static final List<String> DATABASE_USERS =
      List.of(
          "ml-api",
          "training-orchestrator",
          "model-registry-gateway",
          "feature-gateway",
          "serving-router",
          "mlflow",
          "feast",
          "setup");
  private static final List<String> STORE_USERS =
      List.of(
          "ml-api",
          "training-orchestrator",
          "model-registry-gateway",
          "serving-router",
          "mlflow",
          "feast",
          "setup",
          "ray");

  private static final List<Network.End> OTHERS =
      List.of(
          Network.End.pod("stranger", "elsewhere", Map.of("app", "browser"), Set.of(80)),
          new Network.End(
              "job",
              "tenant-a",
              Map.of("kubernetes.io/metadata.name", "tenant-a", "matih.ai/platform", "ml"),
              Map.of("ray.io/cluster", "job-1"),
              Set.of(8265),
              false),
          Network.End.pod(
              "operator",
              "kuberay",
              Map.of("app.kubernetes.io/name", "kuberay-operator"),
              Set.of(8080)),
          Network.End.pod("scraper", "monitoring", Map.of("app", "prometheus"), Set.of(9090)),
          Network.End.address("database", 5432),
          Network.End.address("store", 443),
          Network.End.address("internet", 22, 80, 6443));

  @Test
  void in_the_development_size_the_flows_of_the_design_are_open_and_no_other() {
    Set<String> expected = lines(ALWAYS);
    DATABASE_USERS.forEach(user -> expected.add(user + " -> postgresql:5432"));
    STORE_USERS.forEach(user -> expected.add(user + " -> object-store:9000"));

    assertThat(flows(Values.dev())).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void in_the_production_size_the_flows_of_the_design_are_open_and_no_other() {
    Set<String> expected = lines(ALWAYS);
    DATABASE_USERS.forEach(user -> expected.add(user + " -> database:5432"));
    STORE_USERS.forEach(user -> expected.add(user + " -> store:443"));
    for (String service :
        List.of(
            "ml-api",
            "training-orchestrator",
            "model-registry-gateway",
            "feature-gateway",
            "serving-router")) {
      expected.add("scraper -> " + service + ":8090");
    }
    expected.add("scraper -> ray:8080");
    // The autoscaler.
    expected.add("ray -> internet:6443");

    assertThat(flows(Values.prod())).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void with_jobs_in_namespaces_the_orchestrator_asks_the_api_server_and_no_cluster_of_ray() {
    Set<String> flows = flows(Combinations.named("jobs in the tenants' namespaces"));

    assertThat(flows)
        .filteredOn(flow -> flow.startsWith("training-orchestrator ->"))
        .containsExactlyInAnyOrder(
            "training-orchestrator -> database:5432",
            "training-orchestrator -> store:443",
            "training-orchestrator -> internet:6443",
            "training-orchestrator -> ml-api:8000",
            "training-orchestrator -> model-registry-gateway:8002",
            "training-orchestrator -> feature-gateway:8003");
    assertThat(flows).noneMatch(flow -> flow.contains("ray") || flow.endsWith("job:8265"));
  }

  @Test
  void triton_is_reached_by_the_router_alone() {
    assertThat(flows(Values.dev().with("triton.enabled", true)))
        .filteredOn(flow -> flow.contains("triton"))
        .containsExactlyInAnyOrder(
            "serving-router -> triton:8000",
            "serving-router -> triton:8001",
            "triton -> object-store:9000");
  }

  @Test
  void the_door_can_be_closed_to_all_but_some() {
    Values closed =
        Values.dev()
            .with(
                "networkPolicy.people",
                List.of(
                    Map.of(
                        "namespaceSelector",
                        Map.of("matchLabels", Map.of("kubernetes.io/metadata.name", "ingress")))));

    assertThat(flows(closed))
        .filteredOn(flow -> flow.endsWith("-> ml-api:8000"))
        .containsExactlyInAnyOrder(
            "test -> ml-api:8000", "training-orchestrator -> ml-api:8000", "ray -> ml-api:8000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"defaults", "all parts yours", "triton", "fault-tolerant head"})
  void every_pod_is_under_a_policy_of_its_own(String combination) {
    List<Manifest> rendered = Chart.SUITE.render(Combinations.named(combination));
    Set<String> covered =
        rendered.stream()
            .filter(m -> m.kind().equals("NetworkPolicy"))
            .map(
                m ->
                    m.at("/spec/podSelector/matchLabels/app.kubernetes.io~1component").asString(""))
            .collect(Collectors.toSet());

    assertThat(covered)
        .containsAll(
            rendered.stream()
                .filter(m -> !m.podTemplates().isEmpty())
                .map(Manifest::component)
                .toList());
  }

  @Test
  void addresses_can_be_named_for_what_is_yours() {
    assertThat(Chart.SUITE.render(Combinations.named("all parts yours")))
        .filteredOn(m -> m.kind().equals("NetworkPolicy") && m.component().equals("serving-router"))
        .singleElement()
        .satisfies(
            policy ->
                assertThat(policy.at("/spec/egress").toString())
                    .contains("10.1.0.0/16", "10.2.0.0/16")
                    .doesNotContain("0.0.0.0/0"));
  }

  /** Egress within the open door of the flows that every pod has is of no interest here. */
  private static Set<String> flows(Values values) {
    return new Network(Chart.SUITE.render(values), OTHERS).flows();
  }

  private static Set<String> lines(String text) {
    return Stream.of(text.split("\n"))
        .map(String::strip)
        .filter(line -> !line.startsWith("#") && !line.isEmpty())
        .collect(Collectors.toSet());
  }
}
