package ai.matih.ml.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Who can talk to whom when the policies are enforced: the flows of the design, and no other. */
class FlowTests {

  /** Of every size, with the engines inside. */
  private static final String ALWAYS =
      """
      stranger -> ml-api:8000
      stranger -> serving-router:8005
      stranger -> serving-router:8007
      stranger -> feature-gateway:8006
      test -> ml-api:8000
      ml-api -> training-orchestrator:8001
      ml-api -> model-registry-gateway:8002
      ml-api -> feature-gateway:8003
      ml-api -> feature-gateway:8006
      ml-api -> serving-router:8004
      ml-api -> serving-router:8005
      ml-api -> mlflow:5000
      ml-api -> feast:6566
      ml-api -> ray:8265
      training-orchestrator -> ml-api:8000
      training-orchestrator -> model-registry-gateway:8002
      training-orchestrator -> feature-gateway:8003
      training-orchestrator -> ray:8265
      model-registry-gateway -> training-orchestrator:8001
      model-registry-gateway -> serving-router:8004
      model-registry-gateway -> serving-router:8005
      model-registry-gateway -> mlflow:5000
      feature-gateway -> ml-api:8000
      feature-gateway -> feast:6566
      feature-gateway -> training-orchestrator:8001
      serving-router -> ml-api:8000
      serving-router -> model-registry-gateway:8002
      serving-router -> feature-gateway:8006
      serving-router -> training-orchestrator:8001
      serving-router -> ray:8265
      serving-router -> ray:8000
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
      job -> serving-router:8005
      job -> serving-router:8007
      job -> feature-gateway:8006
      operator -> ml-api:8000
      operator -> serving-router:8005
      operator -> serving-router:8007
      operator -> feature-gateway:8006
      scraper -> ml-api:8000
      scraper -> serving-router:8005
      scraper -> serving-router:8007
      scraper -> feature-gateway:8006
      internet -> ml-api:8000
      internet -> serving-router:8005
      internet -> serving-router:8007
      internet -> feature-gateway:8006
      database -> ml-api:8000
      database -> serving-router:8005
      database -> serving-router:8007
      database -> feature-gateway:8006
      store -> ml-api:8000
      store -> serving-router:8005
      store -> serving-router:8007
      store -> feature-gateway:8006
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
              null),
          Network.End.pod(
              "operator",
              "kuberay",
              Map.of("app.kubernetes.io/name", "kuberay-operator"),
              Set.of(8080)),
          Network.End.pod("scraper", "monitoring", Map.of("app", "prometheus"), Set.of(9090)),
          Network.End.address("database", "10.1.0.5", 5432),
          Network.End.address("store", "10.2.0.5", 443),
          Network.End.address("internet", "8.8.8.8", 22, 80, 6443));

  private static final Integer[] PORTS = {22, 80, 443, 5432, 6443, 8443, 9443};

  /** Who might get webhooks, and what must never be taken for a receiver. */
  private static final List<Network.End> RECEIVERS =
      Stream.of(
              "8.8.8.8",
              "198.41.0.4",
              "2606:4700::1111",
              "2a00:1450::1",
              "0.0.0.0",
              "10.0.0.1",
              "10.20.0.1",
              "100.64.0.1",
              "127.0.0.1",
              "169.254.169.254",
              "172.31.255.255",
              "192.168.1.1",
              "198.19.0.1",
              "224.0.0.1",
              "255.255.255.255",
              "::1",
              "64:ff9b::a00:1",
              "2001:db8::1",
              "2002:a00:1::1",
              "fc00::1",
              "fd00:ec2::254",
              "fd12:3456:789a::1",
              "fe80::1",
              "ff02::1")
          .map(address -> Network.End.address(address, address, PORTS))
          .toList();

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
  void a_redis_of_online_values_is_reached_by_its_reader_and_its_writer_alone() {
    List<Network.End> redis =
        List.of(
            Network.End.address("redis", "10.3.0.5", 6379, 6380),
            Network.End.address("another", "10.4.0.5", 6379, 6380));

    assertThat(
            new Network(Chart.SUITE.render(Combinations.named("online values in redis")), redis)
                .flows())
        .filteredOn(flow -> flow.contains("-> redis:") || flow.contains("-> another:"))
        .containsExactlyInAnyOrder("feature-gateway -> redis:6380", "feast -> redis:6380");
    assertThat(new Network(Chart.SUITE.render(Values.prod()), redis).flows())
        .noneMatch(flow -> flow.contains("-> redis:"));
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
            "test -> ml-api:8000",
            "training-orchestrator -> ml-api:8000",
            "feature-gateway -> ml-api:8000",
            "serving-router -> ml-api:8000",
            "ray -> ml-api:8000");
    assertThat(flows(closed))
        .filteredOn(flow -> flow.matches(".*:800[567]"))
        .as("nor by the paths that need no door")
        .containsExactlyInAnyOrder(
            "ml-api -> serving-router:8005",
            "model-registry-gateway -> serving-router:8005",
            "ml-api -> feature-gateway:8006",
            "serving-router -> feature-gateway:8006");
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

  @Test
  void nobody_leaves_the_cluster_for_a_webhook_until_the_operator_says_so() {
    assertThat(toReceivers(Values.dev())).isEmpty();
  }

  @Test
  void webhooks_open_the_way_from_the_registry_to_public_addresses_on_their_ports() {
    assertThat(toReceivers(Values.dev().with("webhooks.egress.enabled", true)))
        .containsExactlyInAnyOrder(
            "model-registry-gateway -> 8.8.8.8:443",
            "model-registry-gateway -> 8.8.8.8:8443",
            "model-registry-gateway -> 198.41.0.4:443",
            "model-registry-gateway -> 198.41.0.4:8443",
            "model-registry-gateway -> 2606:4700::1111:443",
            "model-registry-gateway -> 2606:4700::1111:8443",
            "model-registry-gateway -> 2a00:1450::1:443",
            "model-registry-gateway -> 2a00:1450::1:8443");
  }

  @Test
  void an_operator_opens_networks_of_his_own_and_closes_those_of_the_cluster() {
    Values values =
        Values.dev()
            .with("webhooks.egress.enabled", true)
            .with("webhooks.egress.ports", List.of(9443))
            .with("webhooks.egress.networks", List.of("10.20.0.0/16", "fd12:3456:789a::/48"))
            .with("webhooks.egress.except", List.of("198.41.0.0/16", "2a00:1450::/32"));

    assertThat(toReceivers(values))
        .containsExactlyInAnyOrder(
            "model-registry-gateway -> 8.8.8.8:9443",
            "model-registry-gateway -> 2606:4700::1111:9443",
            "model-registry-gateway -> 10.20.0.1:9443",
            "model-registry-gateway -> fd12:3456:789a::1:9443");
  }

  @Test
  void webhooks_are_kept_from_every_address_that_the_registry_refuses_itself() {
    String rules =
        Chart.read(
            Chart.root()
                .resolve(
                    "model-registry-gateway/src/main/java/ai/matih/ml/registry/webhook/"
                        + "TargetRules.java"));
    String refused =
        rules.substring(rules.indexOf("NOT_PUBLIC ="), rules.indexOf("GLOBAL_UNICAST ="));
    Set<String> expected = quoted(refused);
    Set<String> holes = new TreeSet<>();
    blocks(Values.dev().with("webhooks.egress.enabled", true))
        .forEach(
            block ->
                Manifest.elements(block.path("except")).forEach(e -> holes.add(e.asString(""))));

    assertThat(expected).hasSizeGreaterThan(15);
    assertThat(holes).isEqualTo(expected);
    assertThat(rules).contains("GLOBAL_UNICAST = Network.of(\"2000::/3\")");
  }

  /** Kubernetes refuses the whole policy otherwise. */
  @Test
  void every_exception_lies_within_its_block() {
    List<JsonNode> blocks = blocks(Combinations.named("webhooks"));

    assertThat(blocks).hasSizeGreaterThan(3);
    for (JsonNode block : blocks) {
      String cidr = block.path("cidr").asString("");
      assertThat(Manifest.elements(block.path("except")).map(e -> e.asString("")))
          .allSatisfy(
              hole -> {
                assertThat(Network.contains(cidr, hole.substring(0, hole.indexOf('/')))).isTrue();
                assertThat(bits(hole)).isGreaterThan(bits(cidr));
              });
    }
    assertThat(blocks.toString()).contains("198.41.0.0/16", "2a00:1450::/32");
  }

  private static int bits(String cidr) {
    return Integer.parseInt(cidr.substring(cidr.indexOf('/') + 1));
  }

  private static Set<String> quoted(String source) {
    return Pattern.compile("\"([0-9a-f.:]+/[0-9]+)\"")
        .matcher(source)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Blocks of addresses that the registry may leave for. */
  private static List<JsonNode> blocks(Values values) {
    return Chart.SUITE.render(values).stream()
        .filter(m -> m.kind().equals("NetworkPolicy"))
        .filter(m -> m.component().equals("model-registry-gateway"))
        .flatMap(m -> Manifest.elements(m.at("/spec/egress")))
        .flatMap(rule -> Manifest.elements(rule.path("to")))
        .filter(peer -> peer.has("ipBlock"))
        .map(peer -> peer.path("ipBlock"))
        .toList();
  }

  private static Set<String> toReceivers(Values values) {
    Set<String> flows = new Network(Chart.SUITE.render(values), RECEIVERS).flows();
    return flows.stream()
        .filter(
            flow -> RECEIVERS.stream().anyMatch(end -> flow.contains(" -> " + end.name() + ":")))
        .collect(Collectors.toSet());
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
