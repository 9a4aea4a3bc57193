package ai.matih.ml.helm.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.helm.kubernetes.Suite.Size;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** The suite on a cluster whose nodes play their pods: from nothing to nothing. */
@Tag("kubernetes-operator")
class InstallationIT {

  private static final Cluster CLUSTER = Cluster.named("matih.kubernetes");

  @ParameterizedTest
  @EnumSource
  void comes_up_changes_and_leaves_nothing(Size size) throws Exception {
    String namespace = "suite-" + size.name().toLowerCase(java.util.Locale.ROOT);
    try (Suite suite = Suite.in(CLUSTER, namespace);
        Operator _ = Operator.of(CLUSTER, namespace)) {
      // Given: nothing that the API server would refuse, drop or warn about.
      var judged = suite.judged(suite.rendered(size));
      assertThat(judged.words()).doesNotContain("Warning").doesNotContain("Error");
      assertThat(judged.exit()).isZero();

      // When
      var installed = suite.install(size);

      // Then
      assertThat(installed.err()).doesNotContain("Warning");
      everyObjectIsThere(suite);
      everyPodRunsWhereItShould(suite);
      theRayClusterIsReady(suite);
      scalingAndDisruptionAreAccepted(suite, size);
      itGrowsAndStillUpgradesAndGoesBack(suite, size);

      suite.uninstall();
      Cluster.await(() -> keptOnly(suite.remains()), () -> "left: " + suite.remains());
    }
  }

  private static void everyObjectIsThere(Suite suite) {
    String manifest = CLUSTER.helm("get", "manifest", Suite.RELEASE, "-n", suite.namespace()).out();
    var found =
        CLUSTER.tryKubectl(manifest, "-n", suite.namespace(), "get", "-f", "-", "-o", "name");
    assertThat(found.err()).isEmpty();
    assertThat(found.out().lines())
        .hasSize((int) manifest.lines().filter(line -> line.startsWith("kind: ")).count());
  }

  private static void everyPodRunsWhereItShould(Suite suite) {
    Cluster.await(
        () ->
            suite.all("pods").stream()
                .allMatch(
                    pod ->
                        List.of("Running", "Succeeded")
                            .contains(pod.at("/status/phase").asString())),
        () -> "pods: " + CLUSTER.kubectl("-n", suite.namespace(), "get", "pods"));
    assertThat(suite.all("pods"))
        .isNotEmpty()
        .allSatisfy(
            pod ->
                assertThat(pod.at("/spec/nodeName").asString())
                    .as(Suite.name(pod))
                    .startsWith("cpu-"));
  }

  private static void theRayClusterIsReady(Suite suite) {
    Cluster.await(
        () ->
            suite
                .one("raycluster", "matih-ml-ray")
                .at("/status/state")
                .asString("")
                .equals("ready"),
        () -> suite.one("raycluster", "matih-ml-ray").path("status").toString());
  }

  private static void scalingAndDisruptionAreAccepted(Suite suite, Size size) {
    if (size == Size.DEV) {
      return;
    }
    assertThat(suite.all("hpa")).hasSize(3);
    for (JsonNode scaler : suite.all("hpa")) {
      Cluster.await(
          () ->
              suite
                  .one("hpa", Suite.name(scaler))
                  .at("/status/conditions")
                  .toString()
                  .contains("SucceededGetScale"),
          () -> suite.one("hpa", Suite.name(scaler)).toString());
    }
    assertThat(suite.all("pdb")).hasSize(5);
    Cluster.await(
        () ->
            suite.all("pdb").stream()
                .allMatch(budget -> budget.at("/status/disruptionsAllowed").asInt() == 1),
        () -> suite.all("pdb").toString());
    // The second pod of a pair may not go while the first one is away.
    List<JsonNode> pair = suite.pods("app.kubernetes.io/component=training-orchestrator");
    assertThat(pair).hasSize(2);
    assertThat(pair.stream().map(pod -> pod.at("/spec/nodeName").asString()))
        .doesNotHaveDuplicates();
  }

  /** As the autoscaler would: it owns the number from then on, and Helm must not want it back. */
  private static void itGrowsAndStillUpgradesAndGoesBack(Suite suite, Size size) {
    boolean scaled = size == Size.PROD;
    if (scaled) {
      CLUSTER.kubectl(
          "-n", suite.namespace(), "scale", "deployment/matih-ml-ml-api", "--replicas=4");
    }
    suite.upgrade(size, "--set=services.ml-api.podAnnotations.revision=two");
    assertThat(revision(suite)).isEqualTo("two");
    suite.rollback(1);
    assertThat(revision(suite)).isEmpty();
    if (scaled) {
      assertThat(suite.one("deployment", "matih-ml-ml-api").at("/spec/replicas").asInt())
          .isEqualTo(4);
    }
  }

  private static String revision(Suite suite) {
    return suite
        .one("deployment", "matih-ml-ml-api")
        .at("/spec/template/metadata/annotations/revision")
        .asString("");
  }

  /** Volumes outlive a release, so that nobody loses data by a wrong word. */
  private static boolean keptOnly(List<String> remains) {
    return remains.stream().allMatch(name -> name.startsWith("persistentvolumeclaim/data-"));
  }

  @Test
  void gpu_workers_take_the_gpus_that_are_there_and_nothing_else() throws Exception {
    String namespace = "suite-gpu";
    try (Suite suite = Suite.in(CLUSTER, namespace);
        Operator _ = Operator.of(CLUSTER, namespace)) {
      suite.install(Size.PROD, "--set=ray.workers.gpu.minReplicas=4");
      String gpus = "ray.io/group=gpu";
      Cluster.await(
          () ->
              suite.pods(gpus).stream()
                      .filter(pod -> pod.at("/status/phase").asString().equals("Running"))
                      .count()
                  == 4,
          () -> suite.pods(gpus).toString());
      assertThat(suite.pods(gpus))
          .allSatisfy(pod -> assertThat(pod.at("/spec/nodeName").asString()).isEqualTo("gpu-0"));
      assertThat(suite.pods("ray.io/group!=gpu"))
          .allSatisfy(pod -> assertThat(pod.at("/spec/nodeName").asString()).startsWith("cpu-"));

      // When a fifth is asked for
      CLUSTER.kubectl(
          "-n",
          namespace,
          "patch",
          "raycluster",
          "matih-ml-ray",
          "--type=json",
          "-p",
          """
          [{"op": "replace", "path": "/spec/workerGroupSpecs/1/maxReplicas", "value": 5},
           {"op": "replace", "path": "/spec/workerGroupSpecs/1/replicas", "value": 5}]
          """);

      // Then it waits
      Cluster.await(
          () -> suite.pods(gpus).stream().anyMatch(InstallationIT::waitsForAGpu),
          () -> suite.pods(gpus).toString());
      assertThat(suite.pods(gpus)).hasSize(5).filteredOn(InstallationIT::waitsForAGpu).hasSize(1);
    }
  }

  private static boolean waitsForAGpu(JsonNode pod) {
    return pod.at("/status/conditions").toString().contains("Insufficient nvidia.com/gpu");
  }
}
