package ai.matih.ml.helm.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A tenant's namespace: what the orchestrator may do there, and how much the tenant may take. */
@Tag("kubernetes")
class TenantIT {

  private static final Cluster CLUSTER = Cluster.named("matih.kubernetes");
  private static final String PLATFORM = "suite-tenants";
  private static final String ACCOUNT =
      "system:serviceaccount:" + PLATFORM + ":matih-ml-training-orchestrator";

  private static Suite suite;

  private static String rights() {
    return suite.rendered(
        Suite.Size.PROD, "--set=ray.jobs.enabled=true", "--show-only=templates/rights.yaml");
  }

  @BeforeAll
  static void given_a_tenant_with_one_gpu() {
    suite = Suite.in(CLUSTER, PLATFORM);
    // The account and its rights are all that this needs of the suite: pods come up elsewhere.
    CLUSTER.apply(rights());
    CLUSTER.helm(
        "install",
        "tenant-globex",
        Cluster.chart("matih-ml-tenant").toString(),
        "-n",
        PLATFORM,
        "--set=tenant=globex,namespace.name=suite-globex,quota.gpus=1",
        "--set=platform.namespace=" + PLATFORM,
        "--wait",
        "--timeout=120s");
  }

  @AfterAll
  static void clear() {
    CLUSTER.tryHelm("uninstall", "tenant-globex", "-n", PLATFORM);
    CLUSTER.tryKubectl("", "delete", "namespace", "suite-globex", "--timeout=120s");
    CLUSTER.tryKubectl(rights(), "delete", "-f", "-");
    suite.close();
  }

  @Test
  void the_orchestrator_may_do_exactly_what_it_needs() {
    assertThat(rights("suite-globex"))
        .containsExactlyInAnyOrder(
            "rayjobs.ray.io: create",
            "rayjobs.ray.io: delete",
            "rayjobs.ray.io: get",
            "rayjobs.ray.io: list",
            "rayjobs.ray.io: patch",
            "secrets: create",
            "pods: list",
            "pods/log: get",
            "nodes: list",
            "namespaces/kube-system: get");
    for (String elsewhere : Set.of(PLATFORM, "default", "kube-system")) {
      assertThat(rights(elsewhere))
          .as(elsewhere)
          .containsExactlyInAnyOrder(
              "rayjobs.ray.io: list", "nodes: list", "namespaces/kube-system: get");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "create, rayjobs.ray.io, suite-globex, yes",
    "patch, rayjobs.ray.io, suite-globex, yes",
    "list, rayjobs.ray.io, default, yes",
    "create, secrets, suite-globex, yes",
    "get, pods/log, suite-globex, yes",
    "create, rayjobs.ray.io, default, no",
    "delete, rayjobs.ray.io, kube-system, no",
    "update, rayjobs.ray.io, suite-globex, no",
    "watch, rayjobs.ray.io, suite-globex, no",
    "delete, rayclusters.ray.io, suite-globex, no",
    "get, secrets, suite-globex, no",
    "list, secrets, suite-globex, no",
    "create, pods, suite-globex, no",
    "create, pods/exec, suite-globex, no",
    "create, rolebindings.rbac.authorization.k8s.io, suite-globex, no",
    "delete, namespaces, suite-globex, no",
    "impersonate, serviceaccounts, suite-globex, no",
  })
  void asks_whether_it_can(String verb, String resource, String namespace, String answer) {
    String[] parts = resource.split("/", 2);
    var said =
        CLUSTER.tryKubectl(
            "",
            "auth",
            "can-i",
            verb,
            parts[0],
            "--subresource=" + (parts.length == 2 ? parts[1] : ""),
            "-n",
            namespace,
            "--as=" + ACCOUNT);

    assertThat(said.out().strip()).isEqualTo(answer);
  }

  @Test
  void the_jobs_of_a_tenant_may_do_nothing() {
    assertThat(rights("suite-globex", "system:serviceaccount:suite-globex:matih-ml-jobs"))
        .isEmpty();
  }

  @Test
  void a_gpu_beyond_the_quota_is_refused() {
    var first = CLUSTER.tryKubectl(pod("one", 1), "create", "-f", "-");
    assertThat(first.err()).isEmpty();

    var second = CLUSTER.tryKubectl(pod("two", 1), "create", "-f", "-");

    assertThat(second.exit()).isNotZero();
    assertThat(second.err()).contains("exceeded quota").contains("requests.nvidia.com/gpu=1");
  }

  private static String pod(String name, int gpus) {
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: suite-globex}
        spec:
          serviceAccountName: matih-ml-jobs
          containers:
            - name: c
              image: none:1
              resources: {requests: {nvidia.com/gpu: %2$d}, limits: {nvidia.com/gpu: %2$d}}
              securityContext:
                allowPrivilegeEscalation: false
                runAsNonRoot: true
                runAsUser: 10001
                capabilities: {drop: [ALL]}
                seccompProfile: {type: RuntimeDefault}
        """
        .formatted(name, gpus);
  }

  private static Set<String> rights(String namespace) {
    return rights(namespace, ACCOUNT);
  }

  /**
   * All that an account may do, less what every account may: ask for its own rights and read the
   * cluster's public certificates.
   */
  private static Set<String> rights(String namespace, String account) {
    var review =
        CLUSTER.tryKubectl(
            """
            {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": "%s"}}
            """
                .formatted(namespace),
            "create",
            "--raw=/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
            "-f",
            "-",
            "--as=" + account);
    assertThat(review.err()).isEmpty();
    JsonNode status = Cluster.JSON.readTree(review.out()).path("status");
    assertThat(status.path("incomplete").asBoolean()).isFalse();
    Set<String> rights = new TreeSet<>();
    for (JsonNode rule : status.path("resourceRules")) {
      for (JsonNode group : rule.path("apiGroups")) {
        if (group.asString().matches("(authorization|authentication|certificates).k8s.io")) {
          continue;
        }
        String suffix = group.asString().isEmpty() ? "" : "." + group.asString();
        for (JsonNode resource : rule.path("resources")) {
          for (JsonNode verb : rule.path("verbs")) {
            String only =
                rule.path("resourceNames").isEmpty()
                    ? ""
                    : "/" + rule.path("resourceNames").get(0).asString();
            rights.add(resource.asString() + suffix + only + ": " + verb.asString());
          }
        }
      }
    }
    return rights;
  }
}
