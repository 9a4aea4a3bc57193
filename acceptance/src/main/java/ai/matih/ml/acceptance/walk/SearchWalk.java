package ai.matih.ml.acceptance.walk;

import ai.matih.ml.acceptance.client.Await;
import ai.matih.ml.acceptance.client.Door;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A search for hyperparameters: a part of the flights, eight trials, two at a time, and the best
 * one is a version that passes its first gate.
 */
public final class SearchWalk {

  /** How many trials there are. */
  public static final int TRIALS = 8;

  private static final Duration PATIENCE = Duration.ofMinutes(8);

  private final Door door;
  private final Flights flights;
  private final int everyNthDeparture;
  private final Teller teller;

  /** The data set, the experiment and the model. */
  private final String name;

  /**
   * @param everyNthDeparture the search learns from each n-th departure only
   * @param suffix distinguishes this walk's model from those of others
   */
  public SearchWalk(
      Door door, Flights flights, int everyNthDeparture, Teller teller, String suffix) {
    this.door = door;
    this.flights = flights;
    this.everyNthDeparture = everyNthDeparture;
    this.teller = teller;
    this.name = "late-departure-search-" + suffix;
  }

  /** The model's name. */
  public String model() {
    return name;
  }

  /** Takes every step; the job that has ended. */
  public JsonNode take() {
    String source = uploadData();
    makeModel();
    JsonNode job = search(source);
    tellLeaderboard(job);
    firstGate(job);
    return job;
  }

  private String uploadData() {
    teller.step("Raw data goes up", "A part of the departures is enough to choose by.");
    byte[] csv = flights.departuresCsv(everyNthDeparture);
    JsonNode stored =
        door.upload(
                "/training/datasets/" + name,
                "text/csv",
                () -> new ByteArrayInputStream(csv),
                "<%,d bytes of CSV>".formatted(csv.length))
            .expect(200, 201)
            .json();
    teller.say("%,d departures.".formatted(stored.get("rows").asLong()));
    return stored.get("source").asString();
  }

  private void makeModel() {
    teller.step("A model with a gate", "What the best trial has to reach is written down first.");
    door.post("/models", Map.of("name", name, "task", "classification")).expect(201);
    String revision =
        door.get("/models/" + name + "/policy").expect(200).header("ETag").orElseThrow();
    door.put(
            "/models/" + name + "/policy",
            Map.of("baseline", List.of(Map.of("metric", "auc", "min", 0.55))),
            revision)
        .expect(200);
  }

  private JsonNode search(String source) {
    teller.step(
        "Search for hyperparameters",
        "%d trials by Bayesian search, two at a time; those that do badly are ended early."
            .formatted(TRIALS));
    String id = door.post("/training/submit", job(source)).expect(202).text("/job_id");
    Door quiet = door.telling(Door.Listener.SILENT);
    JsonNode ended =
        Await.until(
            "the search",
            PATIENCE,
            () -> {
              JsonNode board = quiet.get(trials(id)).expect(200).json();
              teller.progress(
                  "trials", (double) board.get("finished").asInt() / TRIALS, best(board));
              return quiet.get("/training/jobs/" + id).expect(200).json();
            },
            job ->
                List.of("succeeded", "failed", "cancelled").contains(job.get("status").asString()));
    if (!ended.get("status").asString().equals("succeeded")) {
      throw new AssertionError("the search ended as " + ended);
    }
    teller.progress("trials", 1, "");
    return ended;
  }

  private Map<String, Object> job(String source) {
    Map<String, Object> job = new HashMap<>();
    job.put("name", name);
    job.put("algorithm", "xgboost");
    job.put("task", "classification");
    job.put("dataset", Map.of("source", source));
    job.put("target_column", "late");
    job.put(
        "feature_columns", List.of("origin", "carrier", "distance", "hour", "month", "weekday"));
    job.put("hyperparameters", Map.of("num_boost_round", 30));
    job.put("resources", Map.of("cpus_per_worker", 0.5));
    job.put("register", Map.of("model_id", name));
    job.put(
        "tuning",
        Map.of(
            "search",
            "bayesian",
            "metric",
            "auc",
            "max_trials",
            TRIALS,
            "max_concurrent_trials",
            2,
            "scheduler",
            Map.of("type", "asha", "grace_period", 10),
            "parameter_space",
            Map.of(
                "max_depth",
                Map.of("type", "randint", "lower", 2, "upper", 9),
                "learning_rate",
                Map.of("type", "loguniform", "lower", 0.01, "upper", 0.5))));
    return job;
  }

  private static String trials(String job) {
    return "/training/jobs/" + job + "/trials";
  }

  private static String best(JsonNode board) {
    JsonNode best = board.at("/items/0/value");
    return best.isNumber() ? String.format(Locale.ROOT, "best AUC %.4f", best.asDouble()) : "";
  }

  private void tellLeaderboard(JsonNode job) {
    JsonNode board = door.get(trials(job.get("job_id").asString())).expect(200).json();
    for (JsonNode trial : board.get("items")) {
      teller.say(
          String.format(
              Locale.ROOT,
              "%2s. AUC %.4f  max_depth %s, learning_rate %.3f  %s",
              trial.path("rank").asString("–"),
              trial.path("value").asDouble(),
              trial.at("/parameters/max_depth").asString(),
              trial.at("/parameters/learning_rate").asDouble(),
              trial.has("reason")
                  ? trial.get("status").asString() + ": " + trial.get("reason").asString()
                  : trial.get("status").asString()));
    }
    List<String> shares = new ArrayList<>();
    board
        .get("importance")
        .properties()
        .forEach(
            share ->
                shares.add(
                    "%s %.0f %%".formatted(share.getKey(), 100 * share.getValue().asDouble())));
    if (!shares.isEmpty()) {
      teller.say("What made the difference: " + String.join(", ", shares) + ".");
    }
  }

  private void firstGate(JsonNode job) {
    int version = job.at("/registered/version").asInt();
    teller.step(
        "The best trial goes on to its gates",
        "It is version %d; the record of the whole search is among its files.".formatted(version));
    String path = "/models/%s/versions/%d".formatted(name, version);
    Door quiet = door.telling(Door.Listener.SILENT);
    Await.until(
        "the platform's checks",
        PATIENCE,
        () -> quiet.get(path).expect(200).json(),
        seen -> seen.path("validation").asString("").equals("done"));
    door.post(
            "/models/" + name + "/promote",
            Map.of("version", version, "target_stage", "staging", "reason", "best of the search"))
        .expect(200);
    teller.say("It is in Staging: " + door.get(path).expect(200).text("/stage"));
  }
}
