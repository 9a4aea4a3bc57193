package ai.matih.ml.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What Helm makes of the chart is what a cluster takes. */
class ChartTests {

  private static final CustomResources CUSTOM = CustomResources.load();

  static Stream<Arguments> combinations() {
    return Combinations.all().entrySet().stream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  @Test
  void helm_has_nothing_to_complain_about() {
    assertThat(Chart.SUITE.lint().isFailed()).as(Chart.SUITE.lint().getMessages() + "").isFalse();
    assertThat(Chart.TENANT.lint().isFailed()).as(Chart.TENANT.lint().getMessages() + "").isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void every_object_is_one_that_the_cluster_knows(String name, Values values) {
    assertThat(Chart.SUITE.render(values))
        .hasSizeGreaterThan(20)
        .allSatisfy(ChartTests::assertKnown);
  }

  static void assertKnown(Manifest manifest) {
    if (CUSTOM.know(manifest)) {
      assertThat(CUSTOM.problems(manifest)).as(manifest.toString()).isEmpty();
    } else {
      assertThat(KubernetesTypes.know(manifest)).as("%s is of a known kind", manifest).isTrue();
      assertThat(KubernetesTypes.problem(manifest)).as(manifest.toString()).isEmpty();
    }
  }

  @Test
  void the_checks_of_types_notice_a_misspelt_field_and_a_wrong_type() {
    Manifest service =
        new Manifest(
            "",
            Chart.YAML.readTree(
                "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {port: 80}}"));
    Manifest cluster =
        new Manifest(
            "",
            Chart.YAML.readTree(
                """
                {apiVersion: ray.io/v1, kind: RayCluster, spec: {rayVersion: 2.6, headGroup: {},
                 headGroupSpec: {rayStartParams: {}, template: {spec: {container: []}}}}}"""));

    assertThat(KubernetesTypes.problem(service))
        .hasValueSatisfying(p -> assertThat(p).contains("port"));
    assertThat(CUSTOM.problems(cluster))
        .anyMatch(p -> p.contains("rayVersion: not of type string"))
        .anyMatch(p -> p.contains("headGroup: unknown field"))
        .anyMatch(p -> p.contains("template") && p.contains("container"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void no_two_objects_have_the_same_name(String name, Values values) {
    assertThat(
            Chart.SUITE.render(values).stream()
                .map(m -> m.kind() + "/" + m.namespace() + "/" + m.name()))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void names_are_short_enough_also_for_what_others_build_on_them(String name, Values values) {
    assertThat(Chart.SUITE.render(values))
        .allSatisfy(
            manifest -> {
              assertThat(manifest.name())
                  .hasSizeLessThanOrEqualTo(63)
                  .matches("[a-z0-9][-a-z0-9]*[a-z0-9]");
              if (manifest.kind().equals("RayCluster")) {
                // KubeRay adds -head-svc, -worker-<group>-<random> and more.
                assertThat(manifest.name()).hasSizeLessThanOrEqualTo(36);
              }
              if (manifest.kind().equals("StatefulSet")) {
                // The controller adds a hash of ten characters in a label.
                assertThat(manifest.name()).hasSizeLessThanOrEqualTo(52);
              }
            });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void every_object_says_whose_it_is(String name, Values values) {
    assertThat(Chart.SUITE.render(values))
        .allSatisfy(
            manifest ->
                assertThat(manifest.labels())
                    .containsEntry("app.kubernetes.io/instance", values.release())
                    .containsEntry("app.kubernetes.io/part-of", "matih-ml")
                    .containsEntry("app.kubernetes.io/managed-by", "Helm")
                    .containsKeys(
                        "app.kubernetes.io/name",
                        "app.kubernetes.io/component",
                        "app.kubernetes.io/version",
                        "helm.sh/chart"))
        .allSatisfy(
            manifest ->
                assertThat(manifest.labels().values())
                    .allSatisfy(label -> assertThat(label).hasSizeLessThanOrEqualTo(63)));
  }

  @Test
  void selectors_hold_nothing_that_a_new_version_changes() {
    assertThat(
            Chart.SUITE.render(Values.prod()).stream()
                .filter(m -> Set.of("Deployment", "StatefulSet").contains(m.kind())))
        .isNotEmpty()
        .allSatisfy(
            manifest ->
                assertThat(Manifest.texts(manifest.at("/spec/selector/matchLabels")))
                    .containsOnlyKeys(
                        "app.kubernetes.io/name",
                        "app.kubernetes.io/instance",
                        "app.kubernetes.io/component"));
  }

  @Test
  void a_service_finds_the_pods_of_its_own_component_only() {
    List<Manifest> rendered = Chart.SUITE.render(Values.prod().with("triton.enabled", true));
    Map<String, Map<String, String>> pods =
        rendered.stream()
            .filter(m -> !m.podTemplates().isEmpty())
            .collect(
                Collectors.toMap(
                    Manifest::name,
                    m -> Manifest.texts(m.podTemplates().getFirst().at("/metadata/labels"))));

    assertThat(rendered.stream().filter(m -> m.kind().equals("Service")))
        .isNotEmpty()
        .allSatisfy(
            service -> {
              Map<String, String> selector = Manifest.texts(service.at("/spec/selector"));
              assertThat(
                      pods.entrySet().stream()
                          .filter(pod -> pod.getValue().entrySet().containsAll(selector.entrySet()))
                          .map(Map.Entry::getKey))
                  .as(service.toString())
                  .containsExactly(service.name());
            });
  }

  @Test
  void nothing_of_the_cluster_is_asked_for_beyond_the_release_unless_it_is_wished() {
    assertThat(Chart.SUITE.render(Values.dev()))
        .allSatisfy(m -> assertThat(m.namespace()).isEqualTo(Chart.NAMESPACE))
        .noneMatch(m -> m.kind().startsWith("ClusterRole"));
  }

  @Test
  void every_template_makes_something_in_one_of_the_combinations() throws IOException {
    for (Chart chart : List.of(Chart.SUITE, Chart.TENANT)) {
      Set<String> made = new TreeSet<>();
      Stream<Values> values =
          chart.equals(Chart.SUITE)
              ? Stream.concat(
                  Combinations.all().values().stream(),
                  Stream.of(Values.prod().with("triton.enabled", true)))
              : Stream.of(
                  Values.none().with("queue.enabled", true).with("queue.clusterQueue", "gpus"));
      values.forEach(v -> made.addAll(chart.templatesThatMake(v)));
      Set<String> files = new TreeSet<>();
      try (Stream<Path> templates = Files.walk(chart.file("templates"))) {
        templates
            .filter(file -> file.toString().endsWith(".yaml"))
            .forEach(file -> files.add(chart.folder().relativize(file).toString()));
      }

      assertThat(made).isEqualTo(files);
    }
  }

  @Test
  void every_value_is_read_by_a_template() throws IOException {
    for (Chart chart : List.of(Chart.SUITE, Chart.TENANT)) {
      StringBuilder templates = new StringBuilder();
      try (Stream<Path> files = Files.walk(chart.file("templates"))) {
        files.filter(Files::isRegularFile).forEach(file -> templates.append(Chart.read(file)));
      }
      String text = templates.toString();

      assertThat(new Reference(chart).rows())
          .allSatisfy(
              row -> {
                String key = row.path().substring(row.path().lastIndexOf('.') + 1);
                assertThat(text).as(row.path()).containsPattern("[.\"]" + key + "\\b");
              });
    }
  }
}
