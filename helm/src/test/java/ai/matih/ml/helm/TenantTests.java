package ai.matih.ml.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A tenant's namespace: what its jobs may take, whom they reach, what the orchestrator may do. */
class TenantTests {

  private static final Values ACME =
      Values.none()
          .with("tenant", "acme")
          .with("platform.namespace", "ml")
          .with("platform.release", "m")
          .with("platform.serviceAccount", "m-matih-ml-training-orchestrator")
          .with("quota.gpus", 2);

  /** The suite with jobs in the tenants' namespaces. */
  private static final Values JOBS = Combinations.named("jobs in the tenants' namespaces");

  private static List<Manifest> of(String kind, Values values) {
    return Chart.TENANT.render(values).stream().filter(m -> m.kind().equals(kind)).toList();
  }

  @Test
  void every_object_is_one_that_the_cluster_knows() {
    Values queue =
        ACME.with("queue.enabled", true)
            .with("queue.clusterQueue", "gpus")
            .with("networkPolicy.objectStore.enabled", false)
            .with(
                "networkPolicy.egress",
                List.of(Map.of("to", List.of(Map.of("ipBlock", Map.of("cidr", "10.9.0.0/24"))))));
    for (Values values : List.of(ACME, queue)) {
      assertThat(Chart.TENANT.render(values))
          .hasSizeGreaterThan(6)
          .allSatisfy(ChartTests::assertKnown)
          .allSatisfy(m -> assertThat(m.labels()).containsEntry("matih.ai/tenant", "acme"));
    }
    assertThat(of("LocalQueue", queue)).hasSize(1);
  }

  @Test
  void the_namespace_is_restricted_known_to_the_suite_and_outlives_the_release() {
    assertThat(of("Namespace", ACME))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.name()).isEqualTo("ml-acme");
              assertThat(m.labels())
                  .containsEntry("pod-security.kubernetes.io/enforce", "restricted")
                  .containsEntry("matih.ai/platform", "ml");
              assertThat(Manifest.texts(m.at("/metadata/annotations")))
                  .containsEntry("helm.sh/resource-policy", "keep");
            });
    assertThat(of("Namespace", ACME.with("namespace.create", false))).isEmpty();
  }

  @Test
  void jobs_take_no_more_than_the_quota_gpus_among_them() {
    assertThat(of("ResourceQuota", ACME))
        .singleElement()
        .satisfies(
            m ->
                assertThat(Manifest.texts(m.at("/spec/hard")))
                    .containsEntry("requests.nvidia.com/gpu", "2")
                    .containsEntry("requests.cpu", "32")
                    .containsEntry("limits.memory", "128Gi")
                    .containsEntry("count/rayjobs.ray.io", "100")
                    .containsEntry("services.loadbalancers", "0"));
    assertThat(of("LimitRange", ACME)).as("a pod without numbers would be refused").hasSize(1);
  }

  @Test
  void the_orchestrator_may_do_what_it_does_and_nothing_else() {
    Set<String> here = new TreeSet<>();
    of("Role", ACME).forEach(role -> here.addAll(rules(role)));
    Set<String> everywhere = new TreeSet<>();
    Chart.SUITE.render(JOBS).stream()
        .filter(m -> m.kind().equals("ClusterRole"))
        .forEach(role -> everywhere.addAll(rules(role)));

    assertThat(here)
        .containsExactlyInAnyOrder(
            "ray.io/rayjobs create",
            "ray.io/rayjobs get",
            "ray.io/rayjobs patch",
            "ray.io/rayjobs delete",
            "/secrets create",
            "/pods list",
            "/pods/log get");
    assertThat(everywhere)
        .containsExactlyInAnyOrder(
            "ray.io/rayjobs list", "/namespaces get kube-system", "/nodes list");
  }

  private static Set<String> rules(Manifest role) {
    Set<String> rules = new TreeSet<>();
    for (JsonNode rule : role.at("/rules")) {
      for (JsonNode group : rule.path("apiGroups")) {
        for (JsonNode resource : rule.path("resources")) {
          for (JsonNode verb : rule.path("verbs")) {
            rules.add(
                "%s/%s %s %s"
                    .formatted(
                        group.asString(""),
                        resource.asString(""),
                        verb.asString(""),
                        rule.at("/resourceNames/0").asString(""))
                    .strip());
          }
        }
      }
    }
    return rules;
  }

  @Test
  void who_tells_the_capacity_need_not_let_the_orchestrator_see_nodes() {
    Values told =
        JOBS.with("ray.jobs.capacity", List.of(Map.of("nodes", 8, "cpus", 16, "memory", "64GB")));

    assertThat(Chart.SUITE.render(told))
        .filteredOn(m -> m.kind().equals("ClusterRole"))
        .singleElement()
        .satisfies(
            role ->
                assertThat(rules(role))
                    .containsExactlyInAnyOrder(
                        "ray.io/rayjobs list", "/namespaces get kube-system"));
  }

  @Test
  void the_rights_are_given_to_the_orchestrator_of_the_suite() {
    Manifest account =
        Chart.SUITE.render(Values.prod()).stream()
            .filter(
                m ->
                    m.kind().equals("ServiceAccount")
                        && m.component().equals("training-orchestrator"))
            .findFirst()
            .orElseThrow();
    assertThat(of("RoleBinding", ACME))
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.at("/subjects/0/name").asString("")).isEqualTo(account.name());
              assertThat(m.at("/subjects/0/namespace").asString("")).isEqualTo(account.namespace());
            });
  }

  @Test
  void the_account_of_jobs_has_no_rights_and_no_token() {
    assertThat(of("ServiceAccount", ACME))
        .singleElement()
        .satisfies(
            m -> assertThat(m.at("/automountServiceAccountToken").asBoolean(true)).isFalse());
    assertThat(of("RoleBinding", ACME).toString()).doesNotContain("matih-ml-jobs");
  }

  @Test
  void jobs_reach_each_other_the_door_and_the_store() {
    Network.End job =
        new Network.End(
            "job",
            "ml-acme",
            Map.of("kubernetes.io/metadata.name", "ml-acme", "matih.ai/platform", "ml"),
            Map.of("ray.io/cluster", "job-1"),
            Set.of(6379, 8265),
            null);
    Network.End foreign =
        new Network.End(
            "foreign job",
            "ml-other",
            Map.of("kubernetes.io/metadata.name", "ml-other", "matih.ai/platform", "ml"),
            Map.of("ray.io/cluster", "job-2"),
            Set.of(6379, 8265),
            null);
    List<Manifest> both = new java.util.ArrayList<>(Chart.TENANT.render(ACME));
    both.addAll(Chart.SUITE.render(Values.dev().with("ray.jobs.enabled", true)));

    assertThat(
            new Network(
                    both,
                    List.of(job, foreign, Network.End.address("internet", "8.8.8.8", 80, 443)))
                .flows())
        .filteredOn(flow -> flow.startsWith("job ->") || flow.contains("-> job:"))
        .containsExactlyInAnyOrder(
            "job -> job:6379", "job -> job:8265", "job -> ml-api:8000", "job -> object-store:9000");
  }

  @Test
  void a_queue_needs_what_it_draws_from() {
    assertThatThrownBy(() -> Chart.TENANT.render(ACME.with("queue.enabled", true)))
        .hasMessageContaining("at '/queue/clusterQueue'");
    assertThatThrownBy(() -> Chart.TENANT.render(ACME.with("tenant", "Acme & Co")))
        .hasMessageContaining("at '/tenant'");
  }
}
