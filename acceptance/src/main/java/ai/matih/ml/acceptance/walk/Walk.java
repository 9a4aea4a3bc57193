package ai.matih.ml.acceptance.walk;

import ai.matih.ml.acceptance.client.Answer;
import ai.matih.ml.acceptance.client.Await;
import ai.matih.ml.acceptance.client.Door;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One model's life: raw data, features, training, registry with its gates, serving, a second
 * version on a canary, in an A/B test and in Production, and the end of the first. Everything goes
 * through the public door, as an administrator of one tenant; the approval comes from a reviewer
 * with a key of their own.
 */
public final class Walk {

  private static final String VIEW = "weather_hourly";

  /** The first version is a quick attempt. */
  private static final int QUICK_DEPTH = 3;

  private static final int QUICK_ROUNDS = 5;

  /** Departures between two looks at the A/B test, and the most that are tried. */
  private static final int PER_LOOK = 400;

  private static final int MOST_TRIED = 5_000;

  /** Callers between two looks at the canary. */
  private static final int PER_WAVE = 50;

  /** Departures with a distance in another unit, and that unit in miles. */
  private static final int DRIFTED = 500;

  private static final double KILOMETRES = 1.609;

  /** The name of version 2's share of the traffic once it is alone. */
  private static final String IN_PRODUCTION = "champion";

  private static final List<String> AIRPORTS = List.of("JFK", "LGA", "EWR");

  private final Door door;

  /** Gives out keys and takes no part: whoever made a reviewer's key could review by it. */
  private final Door administrator;

  private final Flights flights;
  private final WalkPlan plan;
  private final Teller teller;

  /** Distinguishes this walk's model from those of earlier ones. */
  private final String model;

  private @Nullable String reviewersKey;

  public Walk(Door door, Flights flights, WalkPlan plan, Teller teller, String suffix) {
    this.administrator = door;
    this.door = door.as(key("walker of " + suffix, "admin", "user:sam"));
    this.flights = flights;
    this.plan = plan;
    this.teller = teller;
    this.model = "late-departure-" + suffix;
  }

  /** The model's id. */
  public String model() {
    return model;
  }

  /** Takes every step; throws where the platform does not do what it promises. */
  public WalkResult take() {
    String departures = uploadData();
    declareFeatures(uploadWeather());
    serveFeatures();
    String experiment = makeExperiment();
    makeModel();
    train(experiment, departures, QUICK_DEPTH, QUICK_ROUNDS, 1);
    refuseToSkipAStage();
    gateOfStaging();
    putIntoProduction();
    Answer prediction = predict();
    train(experiment, departures, 6, plan.rounds(), 2);
    JsonNode rollout = canary();
    JsonNode waiting = refuseWithoutAbTest();
    JsonNode abTest = abTest();
    takeOver(waiting.get("id").asString());
    JsonNode drift = drift();
    retire();
    return new WalkResult(
        model, experiment, prediction.json(), rollout, unmet(waiting), abTest, drift, stages());
  }

  private String uploadData() {
    teller.step(
        "Raw data goes up", "A table becomes a data set: addressed by its digest, never changed.");
    byte[] csv = flights.departuresCsv(plan.everyNthDeparture());
    JsonNode stored = upload("flights", csv);
    teller.say(
        "%,d departures; the target column is 'late' (15 minutes or more)."
            .formatted(stored.get("rows").asLong()));
    return stored.get("source").asString();
  }

  private JsonNode uploadWeather() {
    teller.step(
        "The weather becomes features", "Declared once, used for training and for serving alike.");
    return upload("weather", flights.weatherCsv());
  }

  private JsonNode upload(String name, byte[] csv) {
    return door.upload(
            "/training/datasets/" + name,
            "text/csv",
            () -> new ByteArrayInputStream(csv),
            "<%,d bytes of CSV>".formatted(csv.length))
        .expect(200, 201)
        .json();
  }

  private void declareFeatures(JsonNode weather) {
    put("/features/entities/origin", Map.of("join_key", "origin", "type", "string"));
    put(
        "/features/sources/weather",
        Map.of("uri", weather.get("uri").asString(), "timestamp_column", "time_hour"));
    Map<String, String> types = new TreeMap<>();
    weather
        .get("columns")
        .forEach(c -> types.put(c.get("name").asString(), c.get("type").asString()));
    put(
        "/features/" + VIEW,
        Map.of(
            "source",
            "weather",
            "entities",
            List.of("origin"),
            "features",
            Flights.weatherFeatures().stream()
                .map(name -> Map.of("name", name, "type", featureType(types.get(name))))
                .toList(),
            "description",
            "Hourly weather at the airport"));
    awaitJson(
        "the view is applied by Feast",
        "/features/" + VIEW,
        view -> condition(view, "Applied").equals("true"));
    String job =
        door.post(
                "/features/materialize",
                Map.of("views", List.of(VIEW), "end", "2014-01-01T00:00:00Z"))
            .expect(202)
            .text("/id");
    JsonNode done =
        awaitJson(
            "materialization",
            "/features/materializations/" + job,
            j -> !List.of("queued", "running", "pending").contains(j.get("status").asString()));
    require(
        done.get("status").asString().equals("succeeded"), "the materialization ended as " + done);
  }

  /** Feast's name of a data set's column type. */
  private static String featureType(@Nullable String columnType) {
    return "long".equals(columnType) ? "int64" : "double";
  }

  /** Declares, or finds it declared already. */
  private void put(String path, Object document) {
    Answer first = door.put(path, document);
    if (first.status() == 428) {
      String revision = door.get(path).expect(200).header("ETag").orElseThrow();
      door.put(path, document, revision).expect(200);
    } else {
      first.expect(200, 201);
    }
  }

  private void serveFeatures() {
    JsonNode served =
        door.post(
                "/features/serve",
                Map.of(
                    "features",
                    List.of(VIEW + ":temp", VIEW + ":visib"),
                    "entities",
                    Map.of("origin", AIRPORTS)))
            .expect(200)
            .json();
    require(
        served.get("rows").size() == AIRPORTS.size(), "one row of features per airport: " + served);
    teller.say(
        "The newest temperature at JFK in the online store is %s °F."
            .formatted(served.at("/rows/0/values").path(VIEW + ":temp").path("value").asString()));
  }

  private String makeExperiment() {
    teller.step(
        "An experiment to keep the runs together",
        "It lives in MLflow, in this tenant's own workspace.");
    return door.post("/experiments", Map.of("name", model)).expect(201).text("/id");
  }

  private void makeModel() {
    teller.step(
        "A model with a gate policy",
        "What a version must prove to reach Staging is written down before the first one exists.");
    door.post(
            "/models",
            Map.of(
                "name",
                model,
                "task",
                "classification",
                "description",
                "Will a departure be 15 minutes late?"))
        .expect(201);
    Answer policy = door.get("/models/" + model + "/policy").expect(200);
    Map<String, Object> rules = new LinkedHashMap<>();
    rules.put("baseline", List.of(Map.of("metric", "auc", "min", 0.60)));
    rules.put("drain", Map.of("quiet_period", "PT3S"));
    door.put("/models/" + model + "/policy", rules, policy.header("ETag").orElseThrow())
        .expect(200);
  }

  private void train(
      String experiment, String departures, int depth, int rounds, int expectedVersion) {
    teller.step(
        "Train version " + expectedVersion + " on Ray",
        "Two workers; the features are joined as they were known when each flight was due.");
    Map<String, Object> job = new LinkedHashMap<>();
    job.put("name", model);
    job.put("experiment_id", experiment);
    job.put("algorithm", "xgboost");
    job.put("task", "classification");
    job.put(
        "features",
        Map.of(
            "entity_source",
            departures,
            "timestamp_column",
            "time_hour",
            "features",
            Flights.weatherFeatures().stream().map(name -> VIEW + ":" + name).toList()));
    job.put("target_column", "late");
    job.put("split", Map.of("strategy", "stratified", "test_size", 0.2, "seed", 42));
    job.put(
        "hyperparameters",
        Map.of("max_depth", depth, "learning_rate", 0.3, "num_boost_round", rounds));
    job.put("resources", Map.of("num_workers", 2, "cpus_per_worker", 1));
    job.put("register", Map.of("model_id", model));
    String id = door.post("/training/submit", job).expect(202).text("/job_id");
    JsonNode ended =
        awaitJson(
            "training",
            "/training/jobs/" + id,
            j -> List.of("succeeded", "failed", "cancelled").contains(j.get("status").asString()));
    require(ended.get("status").asString().equals("succeeded"), "the job ended as " + ended);
    require(
        ended.path("registered").path("version").asInt(0) == expectedVersion,
        "a job that has succeeded has its version: " + ended);
    teller.say("Held-out metrics, computed by the platform: " + ended.get("metrics"));
    JsonNode version =
        awaitJson(
            "the platform's checks of version " + expectedVersion,
            "/models/" + model + "/versions/" + expectedVersion,
            v -> v.path("validation").asString("").equals("done"));
    require(
        version.get("provenance").asString().equals("platform_trained"),
        "a version from a training job is known as such: " + version);
    teller.say(
        "Version %d is registered by its digest %s."
            .formatted(expectedVersion, version.get("digest").asString()));
  }

  private void refuseToSkipAStage() {
    teller.step("Try to skip the gates", "A stage is not a label: there is no such move.");
    Answer refused = promote(1, "production").expect(409);
    teller.say("Refused: " + refused.text("/detail"));
  }

  private void gateOfStaging() {
    teller.step(
        "Development → Staging",
        "Unit tests by the platform on golden rows, and the declared baseline.");
    Answer dryRun =
        door.post(
                "/models/" + model + "/promote",
                Map.of("version", 1, "target_stage", "staging", "dry_run", true))
            .expect(200, 202);
    teller.say("A dry run says: " + conditions(dryRun.json()));
    promote(1, "staging").expect(200);
  }

  private void putIntoProduction() {
    teller.step(
        "Staging → Production",
        "Needs integration tests through the router and somebody else's approval; until then it"
            + " waits.");
    String deployment = deploy(1, Map.of("strategy", "none"));
    awaitJson(
        "deployment",
        "/deployments/" + deployment,
        d -> d.get("status").asString().equals("ready"));
    JsonNode waiting = promote(1, "production").expect(202).json();
    teller.say("It waits for: " + unmet(waiting));
    String transition = waiting.get("id").asString();
    String path = "/models/" + model + "/transitions/" + transition;

    Answer own = door.post(path + "/approve", Map.of("comment", "I like it"));
    own.expect(403, 409);
    teller.say("Approving one's own request is refused: " + own.text("/detail"));

    awaitJson(
        "integration tests through the router",
        path,
        t -> condition(t, "IntegrationTestsPassed").equals("met"));
    reviewer().post(path + "/approve", Map.of("comment", "Evidence read")).expect(200, 202);
    awaitJson("Production", path, t -> t.get("status").asString().equals("completed"));
    String traffic = "/models/" + model + "/traffic";
    String revision = door.get(traffic).expect(200).header("ETag").orElseThrow();
    door.put(
            traffic,
            Map.of(
                "targets",
                List.of(Map.of("version", 1, "weight_bps", 10_000)),
                "reason",
                "in Production"),
            revision)
        .expect(200, 202);
    awaitTraffic(Map.of(1, 10_000));
  }

  /** Somebody else, with one key for the whole walk. */
  private Door reviewer() {
    if (reviewersKey == null) {
      reviewersKey = key("reviewer of " + model, "reviewer", "user:rita");
    }
    return door.as(reviewersKey);
  }

  private String key(String name, String role, String principal) {
    return administrator
        .post("/keys", Map.of("name", name, "role", role, "principal", principal))
        .expect(201)
        .text("/key");
  }

  private Answer predict() {
    teller.step(
        "Ask for a prediction",
        "The weather comes from the feature store, the rest with the request.");
    Answer answer = door.post("/predict", question("user-17")).expect(200);
    require(answer.json().get("model_version").asInt() == 1, "version 1 answers: " + answer.body());
    Answer again = door.post("/predict", question("user-17")).expect(200);
    require(
        again.json().get("prediction").equals(answer.json().get("prediction")),
        "the same question has the same answer");
    requireAbsenceTold();
    return answer;
  }

  /** An airport that the feature store does not know is answered with that said, or refused. */
  private void requireAbsenceTold() {
    Door quiet = door.telling(Door.Listener.SILENT);
    Map<String, Object> unknown = question("user-17");
    unknown.put("entities", Map.of("origin", List.of("XXX")));
    JsonNode served = quiet.post("/predict", unknown).expect(200).json();
    require(
        served.at("/absent_features/0/entity/origin").asString("").equals("XXX"),
        "the answer says what was absent: " + served);
    unknown.put("options", Map.of("on_absent", "fail"));
    String refused = quiet.post("/predict", unknown).expect(409).body();
    require(refused.contains("Serving:FeaturesAbsent"), "absent features refuse: " + refused);
  }

  /** What to ask {@code /predict} for somebody; answered by what is in Production. */
  public Map<String, Object> question(String unit) {
    Map<String, Object> flight = new LinkedHashMap<>();
    flight.put("dest", "MIA");
    flight.put("carrier", "AA");
    flight.put("distance", 1089);
    flight.put("hour", 18);
    flight.put("month", 7);
    flight.put("weekday", 5);
    Map<String, Object> question = new LinkedHashMap<>();
    question.put("model_id", model);
    question.put("entities", Map.of("origin", List.of("JFK")));
    question.put("features", flight);
    question.put("unit_id", unit);
    question.put("options", Map.of("return_probabilities", true));
    return question;
  }

  private JsonNode canary() {
    teller.step(
        "Version 2 on a canary",
        "A tenth of the callers, then three tenths. The routers compare both versions and take the"
            + " steps by themselves; harm would send everybody back.");
    promote(2, "staging").expect(200);
    deploy(
        2,
        Map.of(
            "strategy",
            "canary",
            "rollout",
            Map.of("steps", List.of(canaryStep(1_000, 20), canaryStep(3_000, 60)))));
    awaitTraffic(Map.of(1, 9_000, 2, 1_000));
    String rollouts = "/models/" + model + "/rollouts";
    String path = rollouts + "/" + door.get(rollouts).expect(200).text("/items/0/id");
    Door quiet = door.telling(Door.Listener.SILENT);
    Set<String> first = new LinkedHashSet<>();
    JsonNode rollout = quiet.get(path).expect(200).json();
    for (int asked = 0; isRunning(rollout) && asked < MOST_TRIED; asked += PER_WAVE) {
      boolean firstStep = rollout.get("step").asInt() == 1;
      for (int i = asked; i < asked + PER_WAVE; i++) {
        String unit = "passenger-" + i;
        JsonNode answer = quiet.post("/predict", question(unit)).expect(200).json();
        if (firstStep && answer.get("model_version").asInt() == 2) {
          first.add(unit);
        }
      }
      rollout = quiet.get(path).expect(200).json();
      teller.progress(
          "the canary's step " + rollout.get("step"),
          (double) rollout.get("step").asInt() / (rollout.get("steps").size() + 1),
          rollout.get("verdict").asString());
    }
    teller.progress("the canary's steps", 1, rollout.get("status").asString());
    require(
        rollout.get("status").asString().equals("completed"), "the roll-out completes: " + rollout);
    require(!first.isEmpty(), "somebody got version 2 in the first step");
    for (String unit : first) {
      JsonNode answer = quiet.post("/predict", question(unit)).expect(200).json();
      require(answer.get("model_version").asInt() == 2, unit + " keeps its version");
    }
    for (JsonNode step : rollout.get("steps")) {
      teller.say(
          "%d %%: version 2 answered %d requests with %d errors, version 1 %d with %d in the same time."
              .formatted(
                  step.get("weight_bps").asInt() / 100,
                  step.at("/canary/requests").asLong(),
                  step.at("/canary/errors").asLong(),
                  step.at("/stable/requests").asLong(),
                  step.at("/stable/errors").asLong()));
    }
    teller.say("Those who got version 2 first (%d callers) still have it.".formatted(first.size()));
    return rollout;
  }

  private static Map<String, Object> canaryStep(int weight, int requests) {
    return Map.of("weight_bps", weight, "dwell", "PT2S", "minimum_requests", requests);
  }

  private JsonNode refuseWithoutAbTest() {
    teller.step(
        "Version 2 → Production?",
        "There is a version in Production now, so an A/B test has to show improvement.");
    JsonNode transition = promote(2, "production").expect(202).json();
    String path = "/models/%s/transitions/%s".formatted(model, transition.get("id").asString());
    JsonNode waiting =
        awaitJson(
            "integration tests through the router",
            path,
            t -> condition(t, "IntegrationTestsPassed").equals("met"));
    teller.say("Not yet. It waits for: " + unmet(waiting));
    return waiting;
  }

  private JsonNode abTest() {
    teller.step(
        "Version 2 against version 1",
        "Half of the departures each, none of which was trained on. Of those that left late, how"
            + " many had been announced?");
    String id =
        door.post(
                "/models/" + model + "/ab-tests",
                Map.of(
                    "version",
                    2,
                    "weight_bps",
                    5_000,
                    "metric",
                    Map.of("name", "late_and_announced", "direction", "maximize"),
                    "expected_difference",
                    0.1))
            .expect(201)
            .text("/id");
    awaitTraffic(Map.of(1, 5_000, 2, 5_000));
    String path = "/models/%s/ab-tests/%s".formatted(model, id);
    List<Departure> departures = flights.heldBack();
    int reported = 0;
    JsonNode test = door.get(path).expect(200).json();
    for (int from = 0; isRunning(test) && from + PER_LOOK <= MOST_TRIED; from += PER_LOOK) {
      reported += tryOut(departures.subList(from, from + PER_LOOK));
      int outcomes = reported;
      test =
          awaitJson(
              "the next look",
              path,
              t ->
                  !isRunning(t)
                      || t.at("/control/outcomes").asInt() + t.at("/challenger/outcomes").asInt()
                          == outcomes);
      teller.say(
          "After %,d departures: version 1 announced %s, version 2 %s; verdict: %s. Looking costs nothing."
              .formatted(
                  from + PER_LOOK,
                  announced(test.get("control")),
                  announced(test.get("challenger")),
                  test.get("verdict").asString()));
    }
    require(test.get("verdict").asString().equals("better"), "version 2 is better: " + test);
    teller.say(
        "The always-valid p-value is %.2g; the difference lies between %+.3f and %+.3f."
            .formatted(
                test.at("/comparison/p_value").asDouble(),
                test.at("/comparison/lower").asDouble(),
                test.at("/comparison/upper").asDouble()));
    return test;
  }

  private static boolean isRunning(JsonNode test) {
    return test.get("status").asString().equals("running");
  }

  private static String announced(JsonNode arm) {
    return "%d of %d late ones".formatted(arm.get("events").asInt(), arm.get("outcomes").asInt());
  }

  /** Predicts departures, then tells what became of those that left late; how many did. */
  private int tryOut(List<Departure> departures) {
    Door quiet = door.telling(Door.Listener.SILENT);
    List<Map<String, Object>> outcomes = new ArrayList<>();
    for (int i = 0; i < departures.size(); i++) {
      Departure departure = departures.get(i);
      JsonNode answer =
          quiet
              .post(
                  "/predict",
                  Map.of(
                      "model_id",
                      model,
                      "features",
                      departure.features(),
                      "unit_id",
                      departure.unit()))
              .expect(200)
              .json();
      if (departure.late()) {
        outcomes.add(
            Map.of("unit_id", departure.unit(), "value", answer.get("prediction").asInt()));
      }
      if (i % 25 == 0) {
        teller.progress("predictions", (double) i / departures.size(), "");
      }
    }
    teller.progress("predictions", 1, "");
    JsonNode receipt =
        door.post("/predict/outcomes", Map.of("model_id", model, "outcomes", outcomes))
            .expect(200)
            .json();
    require(receipt.get("contradicting").asInt() == 0, "nothing contradicts: " + receipt);
    return outcomes.size();
  }

  private void takeOver(String transition) {
    teller.step(
        "Version 2 takes over",
        "What the transition waited for came true; now somebody else approves, and the traffic"
            + " follows.");
    String path = "/models/" + model + "/transitions/" + transition;
    awaitJson(
        "the A/B test counts", path, t -> condition(t, "AbTestShowsImprovement").equals("met"));
    reviewer()
        .post(path + "/approve", Map.of("comment", "The test speaks for it"))
        .expect(200, 202);
    awaitJson("Production", path, t -> t.get("status").asString().equals("completed"));
    String traffic = "/models/" + model + "/traffic";
    String revision = door.get(traffic).expect(200).header("ETag").orElseThrow();
    door.put(
            traffic,
            Map.of(
                "targets",
                List.of(Map.of("version", 2, "variant", IN_PRODUCTION, "weight_bps", 10_000)),
                "reason",
                "better than version 1"),
            revision)
        .expect(200, 202);
    awaitTraffic(Map.of(2, 10_000));
  }

  /** Distances arrive in another unit: every request is answered, and every answer is worse. */
  private JsonNode drift() {
    teller.step(
        "The world changes",
        "From now on distances arrive in kilometres, which no request fails of. Who tells?");
    List<Departure> departures = flights.heldBack().subList(MOST_TRIED, MOST_TRIED + DRIFTED);
    Door quiet = door.telling(Door.Listener.SILENT);
    for (Departure departure : departures) {
      Map<String, @Nullable Object> features = new LinkedHashMap<>(departure.features());
      Number miles = (Number) Objects.requireNonNull(features.get("distance"));
      features.put("distance", Math.round(KILOMETRES * miles.longValue()));
      quiet
          .post(
              "/predict",
              Map.of("model_id", model, "features", features, "unit_id", departure.unit()))
          .expect(200);
    }
    JsonNode report =
        awaitJson(
            "the routers' counts",
            "/models/%s/drift?window=1h&version=2&variant=%s".formatted(model, IN_PRODUCTION),
            r -> r.at("/arms/0/rows").asInt() >= DRIFTED);
    JsonNode arm = report.at("/arms/0");
    Set<String> drifted = new LinkedHashSet<>();
    arm.get("drifted").forEach(name -> drifted.add(name.asString()));
    for (JsonNode input : arm.get("inputs")) {
      boolean moved = drifted.contains(input.get("name").asString());
      require(
          moved == input.get("name").asString().equals("distance"),
          "the distance drifted and no other input: " + drifted);
      if (moved) {
        teller.say(
            "Drift of 'distance': %s. Population stability index %.2f, of which chance explains %.2f; moved by %.2f standard deviations; p %.1g."
                .formatted(
                    input.get("severity").asString(),
                    input.get("psi").asDouble(),
                    input.get("psi_by_chance").asDouble(),
                    input.get("wasserstein_in_sd").asDouble(),
                    input.at("/chi_square/p_adjusted").asDouble()));
      }
    }
    teller.say("None of the other %d inputs moved.".formatted(arm.get("inputs").size() - 1));
    return report;
  }

  private void retire() {
    teller.step(
        "Version 1 retires",
        "Archived only when the routers prove that nobody is answered by it any more.");
    JsonNode transition = promote(1, "archived").expect(200, 202).json();
    String open = unmet(transition);
    if (!open.isEmpty()) {
      teller.say("It waits for: " + open);
    }
    awaitJson(
        "the proof of its drain",
        "/models/%s/transitions/%s".formatted(model, transition.get("id").asString()),
        t -> t.get("status").asString().equals("completed"));
    teller.say("Version 1 is archived; version 2 is Production: " + stages());
  }

  private Map<Integer, String> stages() {
    Door quiet = door.telling(Door.Listener.SILENT);
    Map<Integer, String> stages = new TreeMap<>();
    for (int version : List.of(1, 2)) {
      stages.put(
          version,
          quiet.get("/models/%s/versions/%d".formatted(model, version)).expect(200).text("/stage"));
    }
    return stages;
  }

  private Answer promote(int version, String stage) {
    return door.post(
        "/models/" + model + "/promote",
        Map.of("version", version, "target_stage", stage, "reason", "the walk"));
  }

  private String deploy(int version, Map<String, Object> traffic) {
    return door.post(
            "/models/" + model + "/deploy",
            Map.of("version", version, "engine", "onnx", "traffic", traffic))
        .expect(202)
        .text("/id");
  }

  private void awaitTraffic(Map<Integer, Integer> weights) {
    awaitJson(
        "every router serves the new weights",
        "/models/" + model + "/traffic",
        traffic -> {
          Map<Integer, Integer> served = new TreeMap<>();
          traffic
              .path("targets")
              .forEach(
                  arm -> served.put(arm.get("version").asInt(), arm.get("weight_bps").asInt()));
          return traffic.path("acknowledged_by_all").asBoolean(false) && served.equals(weights);
        });
  }

  private JsonNode awaitJson(String what, String path, Predicate<JsonNode> reached) {
    Door quiet = door.telling(Door.Listener.SILENT);
    JsonNode seen =
        Await.until(
            what,
            plan.patience(),
            () -> {
              JsonNode json = quiet.get(path).expect(200).json();
              teller.progress(what, fraction(json), detail(json));
              return json;
            },
            reached);
    teller.progress(what, 1, detail(seen));
    return seen;
  }

  /** Progress is a number of 100; a training job also says in which phase it is. */
  private static double fraction(JsonNode resource) {
    JsonNode progress = resource.path("progress");
    return progress.path("percent").asDouble(progress.asDouble(0)) / 100;
  }

  private static String detail(JsonNode resource) {
    String phase = resource.at("/progress/phase").asString("");
    String status = resource.path("status").isString() ? resource.get("status").asString() : "";
    return phase.isEmpty() ? status : status + ", " + phase;
  }

  private static String condition(JsonNode resource, String type) {
    for (JsonNode condition : resource.path("conditions")) {
      if (condition.get("type").asString().equals(type)) {
        return condition.get("status").asString().toLowerCase(java.util.Locale.ROOT);
      }
    }
    return "";
  }

  private static String conditions(JsonNode decision) {
    List<String> all = new ArrayList<>();
    decision
        .path("conditions")
        .forEach(c -> all.add(c.get("type").asString() + " " + c.get("status").asString()));
    return String.join(", ", all);
  }

  private static String unmet(JsonNode transition) {
    List<String> open = new ArrayList<>();
    transition
        .path("conditions")
        .forEach(
            c -> {
              if (!List.of("true", "met", "not_applicable").contains(c.get("status").asString())) {
                open.add(c.get("type").asString() + " (" + c.path("message").asString("") + ")");
              }
            });
    return String.join("; ", open);
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
