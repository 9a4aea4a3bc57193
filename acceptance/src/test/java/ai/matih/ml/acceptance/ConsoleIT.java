package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.browser.Chromium;
import ai.matih.ml.acceptance.client.Answer;
import ai.matih.ml.acceptance.client.Await;
import ai.matih.ml.acceptance.client.Door;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What people do on the console, each in a browser of their own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int ROWS = 300;

  /** An accuracy that no version has. */
  private static final double NEVER = 1.5;

  /** Names that people may give, and that must stay names. */
  private static final List<String> HOSTILE =
      List.of(
          "<img src=x onerror=alert(1)>",
          "\"><script>alert(1)</script>",
          "${7*7} {{7*7}} <b>bold</b>",
          "\u202Eevil\u202C \u05E9\u05DC\u05D5\u05DD",
          "\uD83E\uDDA9 flamingo \uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
          "n".repeat(200));

  private final String tenant = "t" + RunningPlatform.suffix();
  private final String model = "console-" + RunningPlatform.suffix();
  private final String path = "/models/" + model;
  private Optional<Chromium> chromium = Optional.empty();
  private Door door = RunningPlatform.admin();

  @BeforeAll
  void aModelWithAVersion() {
    if (Chromium.installed().isEmpty()) {
      return;
    }
    chromium = Optional.of(Chromium.start());
    door = door.as(key("admin", "user:lena"));
    door.post(
            "/models",
            Map.of("name", model, "task", "classification", "description", HOSTILE.getFirst()))
        .expect(201);
    String source = upload();
    train(source, 10);
    train(source, 12);
  }

  @BeforeEach
  void aBrowser() {
    Visitor.assumeBrowser();
  }

  @AfterAll
  void leave() {
    chromium.ifPresent(Chromium::close);
  }

  @Test
  void who_signs_in_is_where_it_wanted_to_be() {
    try (Visitor vic = Visitor.at(browser(), "/models/" + model)) {
      vic.tab().shows("API key");
      vic.meetsNoBarrier().picture("sign-in");
      vic.tab().fill("API key", "mlk_" + "x".repeat(43)).press("Sign in");
      vic.tab().shows("Common:Unauthenticated");
      vic.signIn(key("viewer", "user:vic"));
      vic.tab().shows("What the gates ask");
      assertThat(vic.tab().path()).isEqualTo("/console/models/" + model);
      assertThat(vic.tab().evaluate("document.cookie").asString())
          .as("no script reads the session")
          .isEmpty();
      vic.goTo("/");
      vic.tab().shows("user:vic").press("Sign out").shows("API key");
      vic.goTo("/");
      vic.tab().shows("API key");
      vic.sawNoFault();
    }
  }

  @Test
  void a_link_signs_in_once() {
    String at = link();
    try (Visitor lena = Visitor.at(browser(), at);
        Visitor thief = Visitor.at(browser(), "/")) {
      lena.tab().shows("user:lena");
      assertThat(lena.tab().evaluate("location.href").asString()).doesNotContain("link=");
      thief.goTo(at);
      thief.tab().shows("was used before");
    }
  }

  /** Somebody may send a link of theirs, so that others work in their name. */
  @Test
  void a_link_replaces_no_session_unasked() {
    String link = link();
    String key = key("viewer", "user:vic");
    try (Visitor vic = Visitor.with(browser(), key, "/models")) {
      vic.goTo(link);
      vic.tab().shows("Sign in as somebody else?").shows("user:vic");
      vic.meetsNoBarrier();
      vic.tab().press("Stay").shows("Sign out").shows("user:vic");
      vic.tab().evaluate("location.hash = '" + link.substring(link.indexOf('#')) + "'");
      vic.tab().shows("Sign in as somebody else?").press("Use the link").shows("user:lena");
      vic.goTo("/models").goTo(link);
      vic.tab().press("Use the link").shows("was used before").shows("user:lena");
      vic.goTo("/models").goTo("/#link=" + key);
      vic.tab().shows("Sign out").shows("user:lena");
      assertThat(vic.tab().evaluate("location.href").asString()).doesNotContain("link=");
      vic.sawNoFault();
    }
  }

  private String link() {
    String path = door.post("/access/sign-in-links", "").expect(201).text("/path");
    return path.substring("/console".length());
  }

  /** Anybody may write an address: what a page does must be about what the address names. */
  @Test
  void an_address_leads_to_nothing_but_what_it_names() {
    String version = "..%2F..%2F" + model + "%2Fversions%2F1";
    String job =
        door.get("/training/jobs?page_size=1").expect(200).json().at("/items/0/job_id").asString();
    try (Visitor lena = Visitor.with(browser(), key("admin", "user:lena"), "/models")) {
      for (String kind : List.of("versions", "transitions", "rollouts", "ab-tests", "shadows")) {
        lena.goTo("/models/harmless/" + kind + "/" + version);
        lena.tab().shows("Common:MalformedRequest");
      }
      lena.goTo("/training/..%2Fjobs%2F" + job);
      lena.tab().shows("Common:MalformedRequest");
      lena.goTo("/models/" + model + "/versions/1");
      lena.tab().shows("Where it comes from");
      lena.sawNoFault();
    }
  }

  @Test
  void a_session_that_ended_comes_back_to_the_same_place() {
    String key = key("data-scientist", "user:dora");
    try (Visitor dora = Visitor.with(browser(), key, "/models/" + model + "/transitions")) {
      dora.tab().shows("Transitions");
      door.get("/keys")
          .expect(200)
          .json()
          .path("items")
          .valueStream()
          .filter(one -> one.get("principal").asString().equals("user:dora"))
          .forEach(one -> door.delete("/keys/" + one.get("id").asString()).expect(204));
      dora.tab().shows("Your session has ended");
      dora.signIn(key("data-scientist", "user:dora2"));
      assertThat(dora.tab().path()).isEqualTo("/console/models/" + model + "/transitions");
      dora.sawNoFault();
    }
  }

  /** One version from a refused move to a roll-out of the next one. */
  @Test
  void a_version_goes_its_way_through_the_page() {
    viewerIsToldWhy();
    refusedMoveSaysWhatIsMissing();
    secondPersonApproves();
    trafficIsChanged();
    rolloutIsSteered();
    shadowIsSeen();
  }

  private void viewerIsToldWhy() {
    baseline(NEVER);
    String transition = promote(1, "staging").expect(202).text("/id");
    assertThat(ids("/transitions?status=pending")).containsExactly(transition);
    assertThat(ids("/transitions?status=completed")).isEmpty();
    try (Visitor vic =
        Visitor.with(browser(), key("viewer", "user:vic"), transitionPage(transition))) {
      for (String act : List.of("Approve", "Reject")) {
        assertThat(vic.tab().whyNot(act)).contains("models:approve").contains("viewer");
      }
      assertThat(vic.tab().whyNot("Withdraw")).contains("models:promote");
      vic.tab().evaluate("window.__named('button', 'Approve').click()");
      vic.goTo("/audit");
      vic.tab().shows("audit:read");
      vic.meetsNoBarrier().sawNoFault();
    }
    door.post(path + "/transitions/" + transition + "/cancel", Map.of("reason", "seen"))
        .expect(200);
    assertThat(ids("/transitions?status=pending")).isEmpty();
    JsonNode cancelled = door.get("/audit/registry?action=transition.cancelled").expect(200).json();
    assertThat(cancelled.at("/items/0/target").asString("")).endsWith(transition);
    assertThat(cancelled.path("items")).hasSize(1);
    assertThat(door.get("/audit/registry?principal=user:nobody").expect(200).json().path("items"))
        .isEmpty();
  }

  /** What was asked for waits; it is asked for again when the policy asks for less. */
  private void refusedMoveSaysWhatIsMissing() {
    baseline(NEVER);
    try (Visitor lena = Visitor.with(browser(), key("admin", "user:lena"), "/models/" + model)) {
      lena.tab().shows("missing for Staging");
      lena.tab().press("Ask for Staging").shows("Metrics meet baseline").shows("1.5");
      lena.meetsNoBarrier();
      String transition = lena.tab().path().replaceAll(".*/", "");
      assertThat(door.get(path + "/transitions/" + transition).expect(200).text("/status"))
          .isEqualTo("pending");
      lena.picture("transition-refused");
      baseline(0.2);
      lena.tab().shows("To be judged by it, withdraw this move and ask again");
      lena.tab().press("Withdraw").shows("Cancelled");
      lena.goTo("/models/" + model);
      lena.tab().shows("Ready for Staging").press("Ask for Staging").shows("Completed");
      lena.sawNoFault();
    }
  }

  private void secondPersonApproves() {
    baseline(0.2);
    toStaging(1);
    toStaging(2);
    deploy(1);
    deploy(2);
    String transition = promote(1, "production").expect(202).text("/id");
    try (Visitor lena =
            Visitor.with(browser(), key("admin", "user:lena"), transitionPage(transition));
        Visitor rita =
            Visitor.with(browser(), key("reviewer", "user:rita"), transitionPage(transition));
        Visitor ruth =
            Visitor.with(browser(), key("reviewer", "user:ruth"), transitionPage(transition))) {
      assertThat(lena.tab().whyNot("Approve")).contains("somebody else");
      rita.tab().shows("What an approval binds").fill("Comment", HOSTILE.get(3) + HOSTILE.get(0));
      ruth.tab().shows("What an approval binds").fill("Comment", HOSTILE.get(3) + HOSTILE.get(0));
      // At once, from two browsers: one approval is enough, and the other finds what is true then.
      rita.tab().evaluate("window.__named('button', 'Approve').click()");
      ruth.tab().evaluate("window.__named('button', 'Approve').click()");
      for (Visitor one : List.of(lena, rita, ruth)) {
        one.tab().shows("Completed").shows("Approved by user:r");
        one.tab().until("no decision is offered", "!window.__named('button', 'Approve')");
        one.sawNoFault();
      }
      assertThat(rita.tab().text()).contains("<img src=x onerror=alert(1)>");
    }
    assertThat(door.get(path + "/versions/1").expect(200).text("/stage")).isEqualTo("production");
  }

  /** The shares are changed on the page; who was slower is told, and sees the new ones. */
  private void trafficIsChanged() {
    Answer before = door.get(path + "/traffic");
    if (before.status() == 404 || before.json().path("targets").isEmpty()) {
      String revision = before.header("ETag").orElse("\"0\"");
      door.put(
              path + "/traffic",
              Map.of("targets", List.of(Map.of("version", 1, "weight_bps", 10_000))),
              revision)
          .expect(200, 202);
    }
    String key = key("ml-engineer", "user:max");
    try (Visitor max = Visitor.with(browser(), key, "/models/" + model + "/traffic")) {
      max.tab().shows("Who answers now");
      assertThat(max.tab().whyNot("Change the traffic")).contains("Nothing is changed");
      max.tab().fill("Version 2", "2000").shows("Preview").shows("now 100 %");
      max.meetsNoBarrier().picture("traffic-preview");
      max.tab().fill("Reason", HOSTILE.get(4)).press("Change the traffic");
      max.tab().shows("The traffic is changed.").shows("v2 · 20 %");
      max.sawNoFault();
    }
    JsonNode changed = door.get(path + "/traffic").expect(200).json();
    assertThat(changed.path("reason").asString()).isEqualTo(HOSTILE.get(4));
    assertThat(changed.path("changed_by").asString()).isEqualTo("user:max");
    assertThat(changed.path("targets").toString()).contains("8000", "2000");
  }

  private void rolloutIsSteered() {
    Answer back = door.get(path + "/traffic").expect(200);
    door.put(
            path + "/traffic",
            Map.of("targets", List.of(Map.of("version", 1, "weight_bps", 10_000))),
            back.header("ETag").orElseThrow())
        .expect(200, 202);
    String rollout =
        door.post(
                path + "/rollouts",
                Map.of(
                    "version",
                    2,
                    "steps",
                    List.of(
                        Map.of("weight_bps", 1_000, "dwell", "PT1H"),
                        Map.of("weight_bps", 5_000, "dwell", "PT1H"))))
            .expect(201, 202)
            .text("/id");
    String at = "/models/" + model + "/rollouts/" + rollout;
    try (Visitor max = Visitor.with(browser(), key("ml-engineer", "user:max"), at)) {
      max.tab().shows("10 %").shows("Does it do harm?");
      max.meetsNoBarrier().picture("rollout");
      max.tab().press("Pause").shows("Paused");
      max.tab().press("Abort").shows("Aborted");
      max.sawNoFault();
    }
    await("the end", path + "/rollouts/" + rollout, seen -> status(seen).equals("aborted"));
  }

  private void shadowIsSeen() {
    door.post(
            path + "/deploy",
            Map.of(
                "version",
                2,
                "engine",
                "onnx",
                "traffic",
                Map.of("strategy", "shadow", "sample_bps", 10_000)))
        .expect(202);
    String shadow =
        await("the shadow", path + "/shadows", seen -> seen.at("/items/0/id").isString())
            .at("/items/0/id")
            .asString();
    String at = "/models/" + model + "/shadows/" + shadow;
    try (Visitor max = Visitor.with(browser(), key("ml-engineer", "user:max"), at)) {
      max.tab().shows("Version 2 as a shadow");
      await(
          "answers of both",
          path + "/shadows/" + shadow,
          seen -> {
            ask();
            return seen.at("/comparisons/0/rows").asInt(0) > 0;
          });
      max.tab().shows("answers agree");
      max.meetsNoBarrier().picture("shadow");
      max.tab().press("End it").shows("Ended");
      max.sawNoFault();
    }
  }

  private void ask() {
    door.post("/predict", Map.of("model_id", model, "features", Map.of("noise", 0.5, "size", 70)))
        .expect(200);
  }

  @Test
  void a_job_is_followed_as_it_goes() {
    String source = upload();
    String id = submit(source, 40);
    try (Visitor dora =
        Visitor.with(browser(), key("data-scientist", "user:dora"), "/training/" + id)) {
      dora.tab().shows("Succeeded").shows("on the held-out part").press("Read the log");
      dora.sawNoFault();
    }
  }

  @Test
  void names_stay_names_in_every_list() {
    for (String name : HOSTILE) {
      door.post("/experiments", Map.of("name", name, "description", name)).expect(201);
      door.post(
              "/models",
              Map.of(
                  "name",
                  "x" + name.substring(0, Math.min(99, name.length())),
                  "task",
                  "regression",
                  "description",
                  name))
          .expect(201, 400, 409);
    }
    try (Visitor lena = Visitor.with(browser(), key("admin", "user:lena"), "/experiments")) {
      for (String place : List.of("/experiments", "/models", "/", "/audit")) {
        lena.goTo(place);
        lena.tab().until("all is loaded", "!!document.querySelector('h1')");
        assertThat(lena.tab().evaluate("document.querySelectorAll('main img, main script').length"))
            .hasToString("0");
        assertThat(lena.tab().evaluate("document.documentElement.scrollWidth").asInt())
            .as("nothing breaks the frame of " + place)
            .isLessThanOrEqualTo(1360);
        lena.meetsNoBarrier().sawNoFault();
      }
      lena.goTo("/experiments");
      for (String name : HOSTILE) {
        lena.tab().shows(name);
      }
    }
  }

  @Test
  void a_tenant_without_models_is_told_how_to_begin() {
    String founder = RunningPlatform.key("t" + RunningPlatform.suffix(), "admin", "user:founder");
    try (Visitor founders = Visitor.with(browser(), founder, "/")) {
      founders.tab().shows("There is no model yet").shows("./ml demo").shows("All is up");
      founders.meetsNoBarrier().picture("first-run");
      for (String place :
          List.of("/models", "/training", "/datasets", "/experiments", "/features", "/audit")) {
        founders.goTo(place);
        founders.tab().until("a title", "!!document.querySelector('h1')");
        founders.meetsNoBarrier().sawNoFault();
      }
    }
  }

  /** The browser cannot reach the platform for a while; the page says so and recovers by itself. */
  @Test
  void the_server_goes_and_comes_back() {
    try (Visitor vic = Visitor.with(browser(), key("viewer", "user:vic"), "/models/" + model)) {
      vic.tab().shows("What the gates ask");
      vic.tab().offline(true).shows("The platform does not answer").shows("What the gates ask");
      vic.tab().offline(false);
      vic.tab()
          .until("it is back", "!document.body.innerText.includes('The platform does not answer')");
      vic.tab().shows("What the gates ask");
    }
  }

  private Chromium browser() {
    return chromium.orElseThrow();
  }

  private String key(String role, String principal) {
    return RunningPlatform.key(tenant, role, principal);
  }

  private List<String> ids(String list) {
    return door.get(list)
        .expect(200)
        .json()
        .path("items")
        .valueStream()
        .map(one -> one.get("id").asString())
        .toList();
  }

  private String transitionPage(String transition) {
    return "/models/" + model + "/transitions/" + transition;
  }

  private void baseline(double least) {
    Answer read = door.get(path + "/policy").expect(200);
    ObjectNode policy = (ObjectNode) read.json();
    policy.putArray("baseline").addObject().put("metric", "accuracy").put("min", least);
    door.put(path + "/policy", policy, read.header("ETag").orElseThrow()).expect(200);
  }

  private String upload() {
    Random random = new Random(20261201);
    StringBuilder csv = new StringBuilder("noise,size,large\n");
    for (int row = 0; row < ROWS; row++) {
      int size = random.nextInt(100);
      csv.append("%s,%d,%d%n".formatted(random.nextDouble(), size, size > 50 ? 1 : 0));
    }
    byte[] table = csv.toString().getBytes(StandardCharsets.UTF_8);
    return door.upload(
            "/training/datasets/sizes", "text/csv", () -> new ByteArrayInputStream(table), "sizes")
        .expect(200, 201)
        .text("/source");
  }

  private void train(String source, int trees) {
    String id = submit(source, trees);
    JsonNode ended =
        await(
            "the training",
            "/training/jobs/" + id,
            seen -> List.of("succeeded", "failed", "cancelled").contains(status(seen)));
    assertThat(status(ended)).as(ended.toString()).isEqualTo("succeeded");
    await(
        "the platform's checks",
        path + "/versions/" + ended.at("/registered/version").asString(),
        seen -> seen.path("validation").asString("").equals("done"));
  }

  private String submit(String source, int trees) {
    JsonNode found = door.get("/experiments?name_contains=" + model).expect(200).json();
    String experiment =
        found.path("items").isEmpty()
            ? door.post("/experiments", Map.of("name", model)).expect(201).text("/id")
            : found.at("/items/0/id").asString();
    Map<String, Object> job = new LinkedHashMap<>();
    job.put("name", model);
    job.put("experiment_id", experiment);
    job.put("algorithm", "random_forest");
    job.put("task", "classification");
    job.put("dataset", Map.of("source", source));
    job.put("target_column", "large");
    job.put("feature_columns", List.of("noise", "size"));
    job.put("hyperparameters", Map.of("n_estimators", trees));
    job.put("resources", Map.of("num_workers", 1, "cpus_per_worker", 1));
    job.put("register", Map.of("model_id", model));
    return door.post("/training/submit", job).expect(202).text("/job_id");
  }

  private void toStaging(int version) {
    if (!door.get(path + "/versions/" + version).expect(200).text("/stage").equals("staging")) {
      promote(version, "staging").expect(200);
    }
  }

  private void deploy(int version) {
    String id =
        door.post(
                path + "/deploy",
                Map.of("version", version, "engine", "onnx", "traffic", Map.of("strategy", "none")))
            .expect(202)
            .text("/id");
    await("the deployment", "/deployments/" + id, seen -> status(seen).equals("ready"));
  }

  private Answer promote(int version, String stage) {
    return door.post(
        path + "/promote",
        Map.of("version", version, "target_stage", stage, "reason", "the console's tests"));
  }

  private JsonNode await(String what, String where, Predicate<JsonNode> reached) {
    return Await.until(what, PATIENCE, () -> door.get(where).expect(200).json(), reached);
  }

  private static String status(JsonNode seen) {
    return seen.path("status").asString("");
  }
}
