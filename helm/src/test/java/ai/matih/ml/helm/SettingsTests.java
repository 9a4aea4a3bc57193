package ai.matih.ml.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The chart tells every service what it must know, by the names that the service reads. */
class SettingsTests {

  private static final Set<String> SERVICES =
      Set.of(
          "ml-api",
          "training-orchestrator",
          "model-registry-gateway",
          "feature-gateway",
          "serving-router");

  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\$\\{([A-Z][A-Z0-9_]+)(?::([^}]*))?}");

  private static Set<String> environment(String component, Values values) {
    Set<String> names = new TreeSet<>();
    Chart.SUITE.render(values).stream()
        .filter(m -> m.kind().equals("Deployment") && m.component().equals(component))
        .flatMap(Manifest::containers)
        .flatMap(container -> Manifest.elements(container.path("env")))
        .forEach(variable -> names.add(variable.path("name").asString("")));
    return names;
  }

  private static String sources(String service) {
    return Chart.read(Chart.root().resolve("common/src/main/resources/matih-common.yaml"))
        + Chart.read(Chart.root().resolve(service + "/src/main/resources/application.yaml"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ml-api",
        "training-orchestrator",
        "model-registry-gateway",
        "feature-gateway",
        "serving-router"
      })
  void every_variable_whose_default_fits_one_machine_only_is_set(String service) {
    Set<String> machine = new TreeSet<>();
    Set<String> known = new TreeSet<>();
    PLACEHOLDER
        .matcher(sources(service))
        .results()
        .forEach(
            found -> {
              String fallback = found.group(2) == null ? "" : found.group(2);
              known.add(found.group(1));
              if (fitsOneMachineOnly(fallback)) {
                machine.add(found.group(1));
              }
            });
    // Only where there is an identity provider, a Redis, or a Triton.
    machine.removeIf(name -> name.matches("(OIDC|FEAST_REDIS|TRITON)_.*"));

    assertThat(machine).hasSizeGreaterThan(5);
    assertThat(environment(service, Values.dev())).containsAll(machine);
    // And nothing that nobody reads.
    Set<String> others =
        Set.of(
            "SERVER_PORT",
            "MANAGEMENT_PORT",
            "SPRING_CONFIG_ADDITIONAL_LOCATION",
            "JDK_JAVA_OPTIONS",
            "MALLOC_ARENA_MAX");
    Set<String> unread = new TreeSet<>(environment(service, Values.dev()));
    unread.removeAll(known);
    unread.removeAll(others);
    assertThat(unread).as("variables that %s does not read", service).isEmpty();
  }

  private static boolean fitsOneMachineOnly(String fallback) {
    return fallback.isEmpty() || fallback.contains("localhost") || fallback.startsWith("data/");
  }

  /** So that the test above sees it. */
  @Test
  void a_property_whose_default_fits_one_machine_only_is_read_from_a_variable() {
    var sections =
        Chart.read(Chart.root().resolve("docs/reference/settings.md"))
            .split("## Properties by service")[1];
    var rows = Pattern.compile("(?m)^\\| `([a-z][^`]+)` \\| `([^`]+)` \\|");
    Set<String> machine =
        rows.matcher(sections)
            .results()
            .filter(row -> fitsOneMachineOnly(row.group(2)))
            .map(row -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    var given = new TreeMap<String, String>();
    for (String service : SERVICES) {
      String own =
          Chart.read(Chart.root().resolve(service + "/src/main/resources/application.yaml"));
      for (String document : own.split("(?m)^---$")) {
        flatten("", Chart.YAML.readTree(document), given);
      }
    }

    assertThat(machine).isNotEmpty();
    assertThat(machine)
        .allSatisfy(property -> assertThat(given.getOrDefault(property, "")).contains("${"));
  }

  @Test
  void receivers_of_webhooks_are_the_same_to_the_registry_and_to_its_policy() {
    JsonNode told = settings("model-registry-gateway", Combinations.named("webhooks"));
    String documented = Chart.read(Chart.root().resolve("docs/reference/settings.md"));

    assertThat(told.at("/registry/webhook/ports").toString()).isEqualTo("[443,9443]");
    assertThat(told.at("/registry/webhook/allowed-networks").toString())
        .isEqualTo("[\"10.20.0.0/16\",\"fd12:3456:789a::/48\"]");
    assertThat(told.at("/registry/webhook").propertyNames())
        .allSatisfy(name -> assertThat(documented).contains("`registry.webhook." + name + "`"));
    assertThat(settings("model-registry-gateway", Values.dev()).at("/registry").has("webhook"))
        .isFalse();
  }

  @Test
  void an_identity_provider_is_told_to_the_door_only_when_there_is_one() {
    assertThat(environment("ml-api", Values.dev())).doesNotContain("OIDC_ISSUER");
    assertThat(
            environment(
                "ml-api", Values.dev().with("auth.oidc.issuer", "https://login.example.com")))
        .contains("OIDC_ISSUER", "OIDC_AUDIENCE", "OIDC_TENANT_CLAIM");
  }

  @Test
  void settings_go_into_the_file_that_the_service_reads_and_win_over_what_follows_from_values() {
    Values values =
        Values.dev()
            .with("objectStore.buckets.models", "our-models")
            .with("services.serving-router.settings.serving.engine.concurrency", 8)
            .with("services.serving-router.settings.serving.engine.models-bucket", "mine");
    JsonNode settings = settings("serving-router", values);

    assertThat(settings.at("/serving/engine/concurrency").asInt()).isEqualTo(8);
    assertThat(settings.at("/serving/engine/models-bucket").asString("")).isEqualTo("mine");
    assertThat(
            settings("model-registry-gateway", values).at("/registry/artifact/bucket").asString(""))
        .isEqualTo("our-models");
  }

  @Test
  void buckets_of_another_name_are_made_and_told_to_everybody() {
    Values values =
        Values.dev()
            .with("objectStore.buckets.models", "b-models")
            .with("objectStore.buckets.datasets", "b-datasets")
            .with("objectStore.buckets.checkpoints", "b-checkpoints")
            .with("objectStore.buckets.mlflow", "b-mlflow");

    assertThat(Chart.SUITE.render(values))
        .filteredOn(m -> m.kind().equals("Job"))
        .singleElement()
        .satisfies(
            job ->
                assertThat(job.json().toString())
                    .contains("b-mlflow,b-datasets,b-checkpoints,b-models"));
    assertThat(
            settings("training-orchestrator", values).at("/training/dataset/bucket").asString(""))
        .isEqualTo("b-datasets");
    assertThat(settings("feature-gateway", values).at("/features/source/bucket").asString(""))
        .isEqualTo("b-datasets");
    assertThat(
            settings("training-orchestrator", values)
                .at("/training/job/source-buckets/0")
                .asString(""))
        .isEqualTo("b-datasets");
    assertThat(settings("feature-gateway", values).at("/features/source/bucket").asString(""))
        .isEqualTo("b-datasets");
    assertThat(
            settings("training-orchestrator", values).at("/training/packages/bucket").asString(""))
        .isEqualTo("b-checkpoints");
    assertThat(
            settings("training-orchestrator", values)
                .at("/training/job/models-bucket")
                .asString(""))
        .isEqualTo("b-models");
    assertThat(
            settings("model-registry-gateway", values).at("/registry/artifact/bucket").asString(""))
        .isEqualTo("b-models");
    assertThat(settings("training-orchestrator", values).at("/training/job/bucket").asString(""))
        .isEqualTo("b-checkpoints");
    assertThat(settings("serving-router", values).at("/serving/engine/models-bucket").asString(""))
        .isEqualTo("b-models");
    assertThat(arguments("mlflow", values)).contains("s3://b-mlflow");
  }

  @Test
  void every_bucket_setting_is_a_property_that_exists() {
    String documented = Chart.read(Chart.root().resolve("docs/reference/settings.md"));
    var properties = new TreeMap<String, String>();
    for (String service :
        Set.of(
            "training-orchestrator",
            "model-registry-gateway",
            "feature-gateway",
            "serving-router")) {
      flatten("", settings(service, Values.dev()), properties);
    }

    assertThat(properties.keySet())
        .filteredOn(property -> !property.startsWith("spring."))
        .isNotEmpty()
        .allSatisfy(property -> assertThat(documented).contains("`" + property + "`"));
  }

  @Test
  void mlflow_accepts_every_name_of_its_service_and_runs_no_jobs() {
    Manifest mlflow =
        Chart.SUITE.render(Values.dev()).stream()
            .filter(m -> m.kind().equals("Deployment") && m.component().equals("mlflow"))
            .findFirst()
            .orElseThrow();
    var environment = new TreeMap<String, String>();
    mlflow
        .containers()
        .flatMap(container -> Manifest.elements(container.path("env")))
        .forEach(v -> environment.put(v.path("name").asString(""), v.path("value").asString("")));

    assertThat(environment.getOrDefault("MLFLOW_SERVER_ALLOWED_HOSTS", "").split(","))
        .contains(
            mlflow.name() + ":5000",
            mlflow.name() + ".ml:5000",
            mlflow.name() + ".ml.svc:5000",
            mlflow.name() + ".ml.svc.cluster.local:5000");
    assertThat(environment).containsEntry("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
    assertThat(environment.getOrDefault("MLFLOW_BACKEND_STORE_URI", ""))
        .as("no password in the address")
        .startsWith("postgresql+psycopg2://mlflow@");
    assertThat(arguments("mlflow", Values.dev()))
        .contains("--enable-workspaces", "--serve-artifacts", "mlflow-artifacts:/");
  }

  @Test
  void reader_and_writer_of_online_values_are_told_of_the_same_redis_each_as_its_own_user() {
    Values values = Combinations.named("online values in redis");

    for (String component : Set.of("feature-gateway", "feast")) {
      boolean reads = component.equals("feature-gateway");
      var variables = new TreeMap<String, JsonNode>();
      Chart.SUITE.render(values).stream()
          .filter(m -> m.kind().equals("Deployment") && m.component().equals(component))
          .flatMap(Manifest::containers)
          .flatMap(container -> Manifest.elements(container.path("env")))
          .forEach(variable -> variables.put(variable.path("name").asString(""), variable));

      assertThat(variables.get("FEAST_ONLINE_STORE"))
          .hasToString(plain("FEAST_ONLINE_STORE", "redis"));
      assertThat(variables.get("FEAST_REDIS_URL"))
          .hasToString(plain("FEAST_REDIS_URL", "rediss://redis.example.com:6380/1"));
      assertThat(variables.get("FEAST_REDIS_USER"))
          .hasToString(plain("FEAST_REDIS_USER", reads ? "gateway" : "feast"));
      JsonNode password = Objects.requireNonNull(variables.get("FEAST_REDIS_PASSWORD"));
      assertThat(password.at("/valueFrom/secretKeyRef/name").asString("")).isEqualTo("redis");
      assertThat(password.at("/valueFrom/secretKeyRef/key").asString(""))
          .isEqualTo(reads ? "redis-reader-password" : "redis-password");
    }
    assertThat(environment("feature-gateway", Values.prod())).noneMatch(v -> v.contains("REDIS"));
  }

  private static String plain(String name, String value) {
    return "{\"name\":\"%s\",\"value\":\"%s\"}".formatted(name, value);
  }

  @Test
  void jobs_in_namespaces_are_settings_that_the_orchestrator_has() {
    Values values =
        Combinations.named("jobs in the tenants' namespaces")
            .with("imageRegistry", "registry.example.com");
    JsonNode kuberay = settings("training-orchestrator", values).at("/training/cluster/kuberay");
    String documented = Chart.read(Chart.root().resolve("docs/reference/settings.md"));

    assertThat(environment("training-orchestrator", values))
        .contains("TRAINING_BACKEND")
        .doesNotContain("RAY_URL", "RAY_TOKEN");
    assertThat(kuberay.path("namespace").asString("")).isEqualTo("ml-{tenant}");
    assertThat(kuberay.path("image").asString(""))
        .isEqualTo("registry.example.com/matih-ml/ray:0.1.0");
    assertThat(kuberay.path("gpu-node-selector").path("[nvidia.com/gpu.present]").asString(""))
        .as("a name with a slash must stand in brackets")
        .isEqualTo("true");
    assertThat(kuberay.propertyNames())
        .allSatisfy(
            name -> assertThat(documented).contains("`training.cluster.kuberay." + name + "`"));
  }

  private static String arguments(String component, Values values) {
    return Chart.SUITE.render(values).stream()
        .filter(m -> m.kind().equals("Deployment") && m.component().equals(component))
        .flatMap(Manifest::containers)
        .map(container -> container.path("args").toString())
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode settings(String component, Values values) {
    return Chart.YAML.readTree(
        Chart.SUITE.render(values).stream()
            .filter(m -> m.kind().equals("ConfigMap") && m.component().equals(component))
            .findFirst()
            .orElseThrow()
            .at("/data/application.yaml")
            .asString(""));
  }

  private static void flatten(String path, JsonNode node, java.util.Map<String, String> found) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              e ->
                  flatten(
                      path.isEmpty() ? e.getKey() : path + "." + e.getKey(), e.getValue(), found));
    } else {
      found.put(path, node.toString());
    }
  }
}
