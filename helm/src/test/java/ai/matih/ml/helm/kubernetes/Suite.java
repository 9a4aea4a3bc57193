package ai.matih.ml.helm.kubernetes;

import ai.matih.ml.helm.kubernetes.Cluster.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The chart in a namespace that allows nothing but restricted pods. */
record Suite(Cluster cluster, String namespace, Duration patience) implements AutoCloseable {

  static final String RELEASE = "matih-ml";

  private static final List<String> PARTS_WITH_A_DISK = List.of("postgresql", "object-store");
  private static final String CHART = Cluster.chart("matih-ml").toString();

  /** The two sizes that the chart comes with, and what only an operator knows. */
  enum Size {
    DEV,
    PROD;

    private List<String> arguments() {
      return switch (this) {
        case DEV -> List.of(file("values-dev.yaml"));
        case PROD ->
            List.of(
                file("values-prod.yaml"),
                "--set=postgresql.external.host=db.example.com",
                "--set=objectStore.external.endpoint=https://s3.example.com",
                "--set=webhooks.egress.enabled=true");
      };
    }

    private static String file(String name) {
      return "--values=" + Cluster.chart("matih-ml").resolve(name);
    }
  }

  /**
   * For pods that are only played: secrets that nobody reads, disks that nobody opens, and the
   * definitions of the Prometheus operator.
   */
  static Suite in(Cluster cluster, String namespace) {
    Suite suite = new Suite(cluster, namespace, Duration.ofMinutes(3));
    suite.makeNamespace();
    Map.of(
            "matih-ml-auth", "jwks.json",
            "matih-ml-admin-key", "admin-key",
            "matih-ml-postgresql", "postgres-password",
            "matih-ml-object-store", "access-key",
            "matih-ml-feast", "token",
            "matih-ml-ray", "auth_token")
        .forEach(
            (name, key) ->
                cluster.apply(
                    """
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: %s, namespace: %s}
                    stringData: {%s: not-used-by-anybody}
                    """
                        .formatted(name, namespace, key)));
    suite.makeVolumes(Path.of("/none"));
    Stream.of("ServiceMonitor", "PodMonitor", "PrometheusRule")
        .forEach(kind -> define(cluster, kind));
    return suite;
  }

  /**
   * For pods that run: secrets as an operator makes them, and disks in a folder of the node.
   *
   * @param volumes empty or not there
   */
  static Suite running(Cluster cluster, String namespace, Path volumes) throws Exception {
    Suite suite = new Suite(cluster, namespace, Duration.ofMinutes(10));
    suite.makeNamespace();
    String secrets =
        cluster.demand("", List.of(Cluster.root().resolve("ml").toString(), "secrets")).out();
    cluster.demand(secrets, List.of("kubectl", "create", "-n", namespace, "-f", "-"));
    for (String part : PARTS_WITH_A_DISK) {
      // A disk of a folder does not know the user of the pod, unlike one of a provider.
      Path folder = Files.createDirectories(volumes.resolve(part));
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    suite.makeVolumes(volumes);
    return suite;
  }

  private void makeNamespace() {
    cluster.apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata:
          name: %s
          labels:
            pod-security.kubernetes.io/enforce: restricted
            pod-security.kubernetes.io/warn: restricted
        """
            .formatted(namespace));
  }

  private void makeVolumes(Path folder) {
    for (String part : PARTS_WITH_A_DISK) {
      cluster.apply(
          """
          apiVersion: v1
          kind: PersistentVolume
          metadata: {name: %2$s-%1$s}
          spec:
            capacity: {storage: 50Gi}
            accessModes: [ReadWriteOnce]
            persistentVolumeReclaimPolicy: Retain
            hostPath: {path: %3$s}
            claimRef: {namespace: %2$s, name: data-matih-ml-%1$s-0}
          """
              .formatted(part, namespace, folder.resolve(part)));
    }
  }

  /** A definition made from the schema that the tests without a cluster use. */
  private static void define(Cluster cluster, String kind) {
    JsonNode schema =
        Cluster.JSON.readTree(
            Cluster.root().resolve("helm/src/test/resources/schemas/" + kind + ".json").toFile());
    String plural = kind.toLowerCase(java.util.Locale.ROOT) + "s";
    ObjectNode definition =
        (ObjectNode)
            Cluster.YAML.readTree(
                """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: %1$s.monitoring.coreos.com}
                spec:
                  group: monitoring.coreos.com
                  scope: Namespaced
                  names: {kind: %2$s, plural: %1$s}
                  versions:
                    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
                """
                    .formatted(plural, kind));
    ObjectNode top = (ObjectNode) definition.at("/spec/versions/0/schema/openAPIV3Schema");
    top.set("properties", schema.path("schema"));
    cluster.apply(definition.toString());
    cluster.kubectl(
        "wait",
        "--for=condition=Established",
        "crd/" + plural + ".monitoring.coreos.com",
        "--timeout=60s");
  }

  Outcome install(Size size, String... more) {
    return cluster.helm(arguments("install", size, more).toArray(String[]::new));
  }

  Outcome tryInstall(Size size, String... more) {
    return cluster.tryHelm(arguments("install", size, more).toArray(String[]::new));
  }

  Outcome upgrade(Size size, String... more) {
    return cluster.helm(arguments("upgrade", size, more).toArray(String[]::new));
  }

  /** As {@link #upgrade}, where the new pods are not expected to become ready. */
  void upgradeWithoutWaiting(Size size, String... more) {
    List<String> all = arguments("upgrade", size, more);
    all.remove("--wait");
    cluster.helm(all.toArray(String[]::new));
  }

  void rollback(int revision) {
    cluster.helm("rollback", RELEASE, "" + revision, "-n", namespace, "--wait", timeout());
  }

  void uninstall() {
    cluster.helm("uninstall", RELEASE, "-n", namespace, "--wait", timeout());
  }

  /** What the chart's own test says. */
  Outcome test() {
    return cluster.tryHelm("test", RELEASE, "-n", namespace, "--logs", timeout());
  }

  private String timeout() {
    return "--timeout=" + patience.toSeconds() + "s";
  }

  /** What would be sent, without the hooks. */
  String rendered(Size size, String... more) {
    List<String> all =
        new ArrayList<>(List.of("template", RELEASE, CHART, "-n", namespace, "--no-hooks"));
    all.addAll(size.arguments());
    all.addAll(List.of(more));
    return cluster.helm(all.toArray(String[]::new)).out();
  }

  /** What the API server says to objects that it does not store. */
  Outcome judged(String objects) {
    return cluster.tryKubectl(
        objects,
        "-n",
        namespace,
        "apply",
        "--server-side",
        "--dry-run=server",
        "--validate=strict",
        "-f",
        "-");
  }

  private List<String> arguments(String verb, Size size, String... more) {
    List<String> all =
        new ArrayList<>(List.of(verb, RELEASE, CHART, "-n", namespace, "--wait", timeout()));
    all.addAll(size.arguments());
    all.addAll(List.of(more));
    return all;
  }

  List<JsonNode> all(String kind) {
    return cluster.list("-n", namespace, "get", kind);
  }

  List<JsonNode> pods(String selector) {
    return cluster.list("-n", namespace, "get", "pods", "-l", selector);
  }

  JsonNode one(String kind, String name) {
    return cluster.json("-n", namespace, "get", kind, name);
  }

  /** Names of whatever carries the release's label here or in no namespace at all. */
  List<String> remains() {
    String kinds = cluster.kubectl("api-resources", "--verbs=list", "-o", "name");
    // Of pods and nodes this is what was measured, not what is there; and componentstatuses have no
    // labels.
    String asked =
        String.join(
            ",",
            kinds
                .lines()
                .filter(
                    kind -> !kind.contains("metrics.k8s.io") && !kind.equals("componentstatuses"))
                .toList());
    return cluster
        .kubectl(
            "-n",
            namespace,
            "get",
            asked,
            "-l",
            "app.kubernetes.io/instance=" + RELEASE,
            "--ignore-not-found",
            "-o",
            "name")
        .lines()
        .toList();
  }

  static String name(JsonNode object) {
    return object.at("/metadata/name").asString();
  }

  /** Away with all of it, also after a failure. */
  @Override
  public void close() {
    cluster.tryHelm("uninstall", RELEASE, "-n", namespace, "--ignore-not-found");
    cluster.tryKubectl("", "delete", "namespace", namespace, "--timeout=180s");
    cluster.tryKubectl("", "delete", "pv", namespace + "-postgresql", namespace + "-object-store");
  }
}
