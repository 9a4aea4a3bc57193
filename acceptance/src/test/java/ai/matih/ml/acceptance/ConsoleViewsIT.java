package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.browser.Chromium;
import ai.matih.ml.acceptance.browser.Tab;
import ai.matih.ml.acceptance.client.Door;
import ai.matih.ml.acceptance.walk.Flights;
import ai.matih.ml.acceptance.walk.Teller;
import ai.matih.ml.acceptance.walk.Walk;
import ai.matih.ml.acceptance.walk.WalkPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Every view of the console, on the model of the demo: what it says, how it looks, who can use it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleViewsIT {

  private static final Door DOOR = RunningPlatform.admin();

  private Optional<Chromium> browser = Optional.empty();
  private Optional<Visitor> visitor = Optional.empty();
  private Map<String, String> places = Map.of();

  @BeforeAll
  void signIn() {
    if (Chromium.installed().isEmpty()) {
      return;
    }
    places = places(demosModel().orElseGet(ConsoleViewsIT::walk));
    Chromium chromium = Chromium.start();
    browser = Optional.of(chromium);
    visitor =
        Optional.of(
            Visitor.with(chromium, RunningPlatform.key("default", "admin", "user:ada"), "/audit"));
  }

  @BeforeEach
  void aBrowser() {
    Visitor.assumeBrowser();
  }

  @AfterAll
  void leave() {
    visitor.ifPresent(Visitor::close);
    browser.ifPresent(Chromium::close);
  }

  /** The words that only the data of the view can have put there. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          home         | /                                     | In Production
          models       | /models                               | late-departure-
          model        | /models/MODEL                         | What the gates ask
          version      | /models/MODEL/versions/2              | Platform checks
          compare      | /models/MODEL/compare                 | Difference
          transitions  | /models/MODEL/transitions             | Version 2 to Production
          transition   | /models/MODEL/transitions/TRANSITION  | Approved by user:rita.
          traffic      | /models/MODEL/traffic                 | better than version 1
          ab-test      | /models/MODEL/ab-tests/TEST           | Is the split as promised?
          drift        | /models/MODEL/drift                   | Input by window
          model-audit  | /models/MODEL/audit                   | The chain is whole
          training     | /training                             | late-departure-
          job          | /training/JOB                         | As it learned
          datasets     | /datasets                             | flights
          dataset      | /datasets/flights                     | First rows
          experiments  | /experiments                          | late-departure-
          runs         | /experiments/EXPERIMENT               | eval.auc
          features     | /features                             | weather_hourly
          feature      | /features/weather_hourly              | Ask for online values
          audit        | /audit                                | The chain is whole
          """)
  void every_view_shows_what_is_there_to_everybody(String name, String path, String words) {
    Visitor ada = ada().goTo(place(path));
    ada.tab().shows(words).shows("Copy as curl");
    settle(ada.tab(), name);
    ada.sawNoFault().picture(name);
    for (String scheme : List.of("light", "dark")) {
      ada.tab().scheme(scheme);
      ada.meetsNoBarrier();
    }
    ada.tab().scheme("light").size(390, 800);
    ada.meetsNoBarrier();
    assertThat(ada.tab().evaluate("document.documentElement.scrollWidth").asInt())
        .as("fits a narrow screen")
        .isLessThanOrEqualTo(390);
    ada.tab().size(1360, 900);
  }

  @Test
  void the_verdict_is_that_of_the_api() {
    JsonNode test = DOOR.get(place("/models/MODEL/ab-tests/TEST")).expect(200).json();
    Tab tab = ada().goTo(place("/models/MODEL/ab-tests/TEST")).tab().shows("The two arms");

    String plotted =
        tab.evaluate("document.querySelector('svg.interval').getAttribute('aria-label')")
            .asString();
    for (String bound : List.of("difference", "lower", "upper")) {
      assertThat(plotted).contains(shown(tab, test.at("/comparison/" + bound).asDouble()));
    }
    assertThat(tab.evaluate("document.querySelector('#p-value').innerText").asString())
        .isEqualTo(shown(tab, test.at("/comparison/p_value").asDouble()));
    tab.shows("Better");
    for (String arm : List.of("control", "challenger")) {
      assertThat(tab.text()).contains(test.at("/" + arm + "/outcomes").asString());
    }
  }

  /** Three tables side by side: a cell wraps before it hides. */
  @Test
  void nothing_of_the_tables_beside_each_other_is_cut_off() {
    Tab tab = ada().goTo(place("/models/MODEL/traffic")).tab().shows("better than version 1");
    String cut =
        "[...document.querySelectorAll('.columns .table-box')]"
            + ".filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.innerText)";
    assertThat(tab.evaluate("document.querySelectorAll('.columns table').length").asInt())
        .isPositive();
    assertThat(tab.evaluate("JSON.stringify(" + cut + ")").asString()).isEqualTo("[]");
  }

  @Test
  void the_distributions_behind_a_number_are_those_of_the_api() {
    Tab tab = ada().goTo(place("/models/MODEL/drift")).tab().shows("Input by window");
    tab.evaluate(
        "(document.querySelector('.heat .high, .heat .critical') ?? document.querySelector('.heat button')).click()");
    tab.until("two distributions", "document.querySelectorAll('.tracks').length > 1");
    tab.shows("Stability index");
    ada().picture("drift-cell").meetsNoBarrier();
  }

  @Test
  void values_are_asked_for_online() {
    Tab tab = ada().goTo("/features/weather_hourly").tab().fill("origin", "JFK, XXX").press("Ask");
    tab.shows("Present").shows("Not found");
  }

  @Test
  void each_call_can_be_typed_by_hand() {
    Tab tab = ada().goTo(place("/models/MODEL")).tab().shows("What the gates ask");
    tab.press("Copy as curl").shows("curl");
    assertThat(tab.text())
        .contains("Authorization: Bearer $KEY")
        .contains(DOOR.base() + "/api/v1/ml/models/" + places.get("MODEL"));
  }

  @Test
  void an_address_that_no_view_has_says_so() {
    ada().goTo("/nowhere/at/all").tab().shows("There is nothing here");
    ada().goTo("/models/no-such-model").tab().shows("Registry:ModelNotFound").shows("error ");
  }

  /** From the cache of a browser that comes for the first time. */
  @Test
  void the_first_view_comes_within_a_second() {
    try (Visitor new_ = Visitor.with(browser.orElseThrow(), adminKey(), "/")) {
      new_.tab().shows("In Production");
      new_.goTo("/").tab().shows("In Production");
      double millis =
          new_.tab()
              .evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
              .asDouble();
      assertThat(millis).isLessThan(1000);
    }
  }

  private static String adminKey() {
    return RunningPlatform.key("default", "admin", "user:ada");
  }

  /** Some views come to rest only when something else has come, too. */
  private static void settle(Tab tab, String name) {
    if (name.equals("job")) {
      tab.until("a chart", "!!document.querySelector('line-chart canvas')");
    }
    tab.until("all is loaded", "!document.querySelector('.loading')");
  }

  private Visitor ada() {
    return visitor.orElseThrow();
  }

  private String place(String path) {
    String address = path;
    for (Map.Entry<String, String> place : places.entrySet()) {
      address = address.replace(place.getKey(), place.getValue());
    }
    return address;
  }

  /** As the page writes numbers. */
  private static String shown(Tab tab, double value) {
    return tab.evaluate(
            "import(document.querySelector('script[src$=\"app.js\"]').src.replace('app.js',"
                + " 'core/format.js')).then((f) => f.number("
                + value
                + "))")
        .asString();
  }

  private static Optional<String> demosModel() {
    return DOOR.get("/models?name_contains=late-departure-&stage=archived&page_size=1")
        .expect(200)
        .json()
        .path("items")
        .valueStream()
        .map(model -> model.get("id").asString())
        .findFirst();
  }

  private static String walk() {
    return new Walk(
            DOOR,
            Flights.installedIn(RunningPlatform.pythonEnvironment()),
            WalkPlan.SAMPLE,
            Teller.SILENT,
            RunningPlatform.suffix())
        .take()
        .model();
  }

  private static Map<String, String> places(String model) {
    String path = "/models/" + model;
    JsonNode version = DOOR.get(path + "/versions/2").expect(200).json();
    String transition =
        DOOR.get(path + "/transitions?status=completed")
            .expect(200)
            .json()
            .path("items")
            .valueStream()
            .filter(
                one ->
                    one.get("version").asInt() == 2
                        && one.get("target_stage").asString().equals("production"))
            .findFirst()
            .orElseThrow()
            .get("id")
            .asString();
    return Map.of(
        "MODEL",
        model,
        "TRANSITION",
        transition,
        "TEST",
        DOOR.get(path + "/ab-tests").expect(200).text("/items/0/id"),
        "JOB",
        version.get("job_id").asString(),
        "EXPERIMENT",
        version.get("experiment_id").asString());
  }
}
