package ai.matih.ml.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Alerts and dashboards ask for metrics that the services really have. */
class MonitoringTests {

  /**
   * {@code helm/src/test/resources/metrics.txt}: what running services answer, kept true by
   * MetricsIT of acceptance.
   */
  private static final Set<String> METRICS =
      Chart.read(Chart.root().resolve("helm/src/test/resources/metrics.txt"))
          .lines()
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .collect(Collectors.toCollection(TreeSet::new));

  /** A name before a selector; only metrics stand there. */
  private static final Pattern METRIC = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)\\s*\\{");

  private static final Set<String> OF_PROMETHEUS = Set.of("up");

  static Set<String> metrics(String expression) {
    return METRIC
        .matcher(expression)
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<JsonNode> rules() {
    return Chart.SUITE.render(Values.prod()).stream()
        .filter(m -> m.kind().equals("PrometheusRule"))
        .flatMap(m -> Manifest.elements(m.at("/spec/groups/0/rules")))
        .toList();
  }

  @Test
  void every_alert_is_made_of_metrics_that_exist() {
    assertThat(rules())
        .hasSizeGreaterThan(10)
        .allSatisfy(
            rule ->
                assertThat(metrics(rule.path("expr").asString("")))
                    .as(rule.path("alert").asString(""))
                    .isNotEmpty()
                    .allMatch(name -> METRICS.contains(name) || OF_PROMETHEUS.contains(name)));
  }

  @Test
  void every_alert_is_about_this_release_only_and_says_how_bad_it_is() {
    assertThat(rules())
        .allSatisfy(
            rule -> {
              assertThat(rule.path("expr").asString(""))
                  .contains("namespace=\"ml\"")
                  .doesNotContain("$SCOPE");
              assertThat(rule.at("/labels/severity").asString("")).isIn("critical", "warning");
              assertThat(rule.at("/annotations/summary").asString("")).contains("{{ $");
            });
  }

  @Test
  void every_alert_is_explained_and_no_other_one() {
    Pattern heading = Pattern.compile("^## (Matih\\w+)$", Pattern.MULTILINE);
    assertThat(
            heading
                .matcher(Chart.read(Chart.root().resolve("docs/operate/alerts.md")))
                .results()
                .map(found -> found.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            rules().stream().map(rule -> rule.path("alert").asString("")).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"services.json", "serving.json"})
  void every_panel_asks_for_metrics_that_exist(String file) {
    JsonNode board = Chart.YAML.readTree(Chart.SUITE.text("dashboards/" + file));

    assertThat(board.path("uid").asString("")).startsWith("matih-ml-");
    assertThat(
            Manifest.elements(board.path("panels"))
                .flatMap(panel -> Manifest.elements(panel.path("targets"))))
        .hasSizeGreaterThan(7)
        .allSatisfy(
            target ->
                assertThat(metrics(target.path("expr").asString("")))
                    .as(target.path("expr").asString(""))
                    .isNotEmpty()
                    .isSubsetOf(METRICS));
  }

  @Test
  void a_misspelt_metric_would_be_noticed() {
    assertThat(metrics("sum by (job) (rate(serving_prediction_seconds_count{a=\"b\"}[5m])) > 1"))
        .containsExactly("serving_prediction_seconds_count")
        .noneMatch(METRICS::contains);
  }

  @Test
  void dashboards_reach_the_cluster_as_they_are() {
    assertThat(
            Chart.SUITE.render(Values.prod()).stream()
                .filter(m -> m.kind().equals("ConfigMap") && m.component().equals("dashboards")))
        .singleElement()
        .satisfies(
            map -> {
              assertThat(map.labels()).containsEntry("grafana_dashboard", "1");
              for (String file : List.of("services.json", "serving.json")) {
                assertThat(
                        Chart.YAML.readTree(Manifest.texts(map.at("/data")).getOrDefault(file, "")))
                    .isEqualTo(Chart.YAML.readTree(Chart.SUITE.text("dashboards/" + file)));
              }
            });
  }

  @Test
  void the_scraper_finds_every_service_by_its_component() {
    List<Manifest> rendered = Chart.SUITE.render(Values.prod());
    Stream<Manifest> monitors = rendered.stream().filter(m -> m.kind().equals("ServiceMonitor"));

    assertThat(monitors.toList())
        .hasSize(5)
        .allSatisfy(
            monitor -> {
              assertThat(monitor.at("/spec/jobLabel").asString(""))
                  .as("the alerts say job=\"ml-api\"")
                  .isEqualTo("app.kubernetes.io/component");
              var selector = Manifest.texts(monitor.at("/spec/selector/matchLabels"));
              assertThat(
                      rendered.stream()
                          .filter(m -> m.kind().equals("Service"))
                          .filter(m -> m.labels().entrySet().containsAll(selector.entrySet())))
                  .singleElement()
                  .satisfies(
                      service ->
                          assertThat(service.at("/spec/ports").toString()).contains("management"));
            });
  }

  @Test
  void without_the_operator_of_prometheus_none_of_its_objects_is_made() {
    assertThat(Chart.SUITE.render(Values.dev()))
        .noneMatch(m -> m.apiVersion().startsWith("monitoring.coreos.com"));
  }
}
