package ai.matih.ml.helm.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.helm.kubernetes.Suite.Size;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What must not come through: if it did, the other tests here would prove nothing. */
@Tag("kubernetes")
class RefusalIT {

  private static final Cluster CLUSTER = Cluster.named("matih.kubernetes");

  private static Suite suite;

  @BeforeAll
  static void prepare() {
    suite = Suite.in(CLUSTER, "suite-refused");
  }

  @AfterAll
  static void clear() {
    suite.close();
  }

  @Test
  void a_misspelt_field_is_refused_by_its_name() {
    String objects = suite.rendered(Size.DEV).replace("enableServiceLinks:", "enableServiceLink:");

    assertThat(suite.judged(objects).exit()).isNotZero();
    assertThat(suite.judged(objects).err())
        .contains(".enableServiceLink: field not declared in schema");
  }

  @Test
  void a_field_that_a_raycluster_does_not_have_is_refused_by_its_name() {
    String objects = suite.rendered(Size.DEV).replace("rayStartParams:", "rayStartParam:");

    assertThat(suite.judged(objects).exit()).isNotZero();
    assertThat(suite.judged(objects).err()).contains("rayStartParam");
  }

  @Test
  void a_value_that_the_schema_does_not_allow_is_refused_by_its_path() {
    var refused = suite.tryInstall(Size.DEV, "--set=defaults.replicas=many");

    assertThat(refused.exit()).isNotZero();
    assertThat(refused.err()).contains("/defaults/replicas");
  }

  @Test
  void more_gpus_than_any_node_has_are_never_scheduled() {
    CLUSTER.apply(
        pod("five-gpus", "limits: {nvidia.com/gpu: 5}", "allowPrivilegeEscalation: false"));

    Cluster.await(
        () ->
            suite
                .one("pod", "five-gpus")
                .at("/status/conditions")
                .toString()
                .contains("Insufficient nvidia.com/gpu"),
        () -> suite.one("pod", "five-gpus").toString());
  }

  @Test
  void a_pod_that_is_not_restricted_is_refused() {
    var refused =
        CLUSTER.tryKubectl(
            pod("greedy", "{}", "allowPrivilegeEscalation: true"), "create", "-f", "-");

    assertThat(refused.exit()).isNotZero();
    assertThat(refused.err()).contains("violates PodSecurity");
  }

  private static String pod(String name, String resources, String privilege) {
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: %s}
        spec:
          tolerations: [{operator: Exists}]
          containers:
            - name: c
              image: none:1
              resources:
                %s
              securityContext:
                %s
                runAsNonRoot: true
                runAsUser: 1000
                capabilities: {drop: [ALL]}
                seccompProfile: {type: RuntimeDefault}
        """
        .formatted(name, suite.namespace(), resources, privilege);
  }
}
