package ai.matih.ml.benchmarks.registry;

import ai.matih.ml.benchmarks.Options;
import ai.matih.ml.benchmarks.load.Load;
import ai.matih.ml.benchmarks.load.Measurement;
import ai.matih.ml.benchmarks.load.Rounds;
import ai.matih.ml.benchmarks.load.Target;
import ai.matih.ml.benchmarks.load.Target.Call;
import ai.matih.ml.benchmarks.platform.Door;
import ai.matih.ml.benchmarks.platform.Platform;
import ai.matih.ml.benchmarks.platform.SmallModel;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks this suite's registry and MLflow's for the same, in interleaved rounds. Both are asked
 * straight: the door would end the comparison by its limit of calls a second.
 */
public final class RegistryBenchmark {

  private static final String API = "/api/v1/ml/models";
  private static final String MLFLOW = "/api/2.0/mlflow/";
  private static final int PAGE = 500;
  private static final int PROMOTIONS_A_ROUND = 50;

  /** How many warm-ups long both servers are kept busy before anything is measured. */
  private static final int RUN_IN = 4;

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Options options;
  private final PrintStream out;

  public RegistryBenchmark(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  public void run() throws IOException, InterruptedException {
    Platform platform = Platform.of(System.getenv());
    Platform.Local local =
        platform
            .local()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "Both registries are filled through their databases, which only a local platform offers."));
    Servers servers =
        new Servers(local.address("registry"), local.token("ml-engineer"), local.address("mlflow"));
    SameModels models =
        new SameModels(local.address("postgres"), local.databasePassword(), Platform.TENANT);
    // In the warm-up and in every round; no version twice.
    int promotions = PROMOTIONS_A_ROUND * (options.rounds() + 1);
    prepare(platform, models, promotions);
    out.printf(
        Locale.ROOT,
        "%n%,d versions of one model, %,d models. Closed loop, %d rounds of %d s on each target, in turns,"
            + " after %d s of warm-up (promote: %d calls a round); medians."
            + " One machine, %d processors, shared by load tool and servers.%n",
        SameModels.VERSION_COUNT,
        SameModels.MODEL_COUNT,
        options.rounds(),
        options.round().toSeconds(),
        options.warmUp().toSeconds(),
        PROMOTIONS_A_ROUND,
        Runtime.getRuntime().availableProcessors());
    runIn(servers);
    for (int connections : options.connections()) {
      RatioTable table = new RatioTable(out, connections);
      for (Question question : questions(servers)) {
        table.row(question.name(), reads(servers, question, connections));
      }
      if (connections == 1) {
        table.row("promote to Staging", promotions(servers, models, promotions));
      }
    }
  }

  /** Servers that were started a moment ago still compile themselves; a registry runs for weeks. */
  private void runIn(Servers servers) throws IOException, InterruptedException {
    Question first = questions(servers).getFirst();
    for (Target target : List.of(servers.registry(first.ours()), servers.mlflow(first.mlflows()))) {
      Load.on(target, 1, options.warmUp().multipliedBy(RUN_IN));
    }
  }

  private void prepare(Platform platform, SameModels models, int promotions)
      throws IOException, InterruptedException {
    out.println("Preparing: one trained version, then copies of it in both registries");
    try (Door door = new Door(platform.door(), platform.key())) {
      var _ = new SmallModel(door, SmallModel.Shape.DOOR).version();
      await(
          "the checks of the small model",
          () ->
              door.get("/models/" + SmallModel.Shape.DOOR.id() + "/versions/1/evidence")
                  .orFail()
                  .toString()
                  .contains("platform_checks"));
      Map<String, Object> policy =
          Map.of("baseline", List.of(Map.of("metric", "accuracy", "min", 0.0)));
      for (String model : List.of(SameModels.VERSIONS, SameModels.PROMOTE)) {
        if (door.get("/models/" + model).status() == 404) {
          door.post("/models", Map.of("name", model, "task", "classification", "policy", policy))
              .orFail();
        }
      }
      models.fill(promotions);
    } catch (SQLException e) {
      throw new IllegalStateException("The registries could not be filled: " + e.getMessage(), e);
    }
  }

  /** Where the three targets answer, and with what they are asked. */
  private record Servers(URI registry, String token, URI mlflow) {

    Target registry(List<Call> calls) {
      return Target.inTurn("registry", registry, Map.of("Authorization", "Bearer " + token), calls);
    }

    Target mlflow(List<Call> calls) {
      return Target.inTurn("mlflow", mlflow, Map.of("X-MLFLOW-WORKSPACE", Platform.TENANT), calls);
    }
  }

  private static List<Question> questions(Servers servers)
      throws IOException, InterruptedException {
    String versions = API + "/" + SameModels.VERSIONS + "/versions";
    String name = "name=" + SameModels.VERSIONS;
    String ourPages = versions + "?page_size=" + PAGE;
    String mlflowPages =
        MLFLOW
            + "model-versions/search?max_results="
            + PAGE
            + "&filter="
            + encoded("name='" + SameModels.VERSIONS + "'");
    return List.of(
        Question.read(
            "one version",
            versions + "/" + SameModels.IN_PRODUCTION,
            MLFLOW + "model-versions/get?" + name + "&version=" + SameModels.IN_PRODUCTION),
        Question.read(
            "the one in Production",
            versions + "?stage=production",
            MLFLOW + "registered-models/alias?" + name + "&alias=production"),
        Question.read(
            "a model", API + "/" + SameModels.VERSIONS, MLFLOW + "registered-models/get?" + name),
        Question.read("first 500 versions", ourPages, mlflowPages),
        new Question(
            "500 of all versions",
            pages(servers.registry(), servers.token(), ourPages),
            pages(servers.mlflow(), "", mlflowPages)),
        Question.read(
            "search models by name",
            API + "?page_size=100&name_contains=" + SameModels.SEARCH + "1",
            MLFLOW
                + "registered-models/search?max_results=100&filter="
                + encoded("name LIKE '%" + SameModels.SEARCH + "1%'")),
        everyVersion(),
        everyName());
  }

  /** So many that each is forgotten before it is asked for again. */
  private static Question everyVersion() {
    List<Call> ours = new ArrayList<>();
    List<Call> mlflows = new ArrayList<>();
    for (int version = 1; version <= SameModels.VERSION_COUNT; version++) {
      ours.add(Call.get(API + "/" + SameModels.VERSIONS + "/versions/" + version));
      mlflows.add(
          Call.get(
              MLFLOW + "model-versions/get?name=" + SameModels.VERSIONS + "&version=" + version));
    }
    return new Question("one version, first look", ours, mlflows);
  }

  /** Every end of every name: each search finds one model, and none is asked for twice soon. */
  private static Question everyName() {
    List<Call> ours = new ArrayList<>();
    List<Call> mlflows = new ArrayList<>();
    for (int cut = 0; cut < SameModels.SEARCH.length(); cut++) {
      for (int model = 1; model <= SameModels.MODEL_COUNT; model++) {
        String part = SameModels.SEARCH.substring(cut) + "%04d".formatted(model);
        ours.add(Call.get(API + "?page_size=100&name_contains=" + part));
        mlflows.add(
            Call.get(
                MLFLOW
                    + "registered-models/search?max_results=100&filter="
                    + encoded("name LIKE '%" + part + "%'")));
      }
    }
    return new Question("a search, first look", ours, mlflows);
  }

  /** The calls that read a list to its end, one a page. */
  private static List<Call> pages(URI server, String key, String first)
      throws IOException, InterruptedException {
    List<Call> calls = new ArrayList<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      String next = first;
      while (!next.isEmpty()) {
        calls.add(Call.get(next));
        HttpRequest request =
            HttpRequest.newBuilder(server.resolve(next))
                .header("Authorization", "Bearer " + key)
                .header("X-MLFLOW-WORKSPACE", Platform.TENANT)
                .build();
        JsonNode page =
            JsonMapper.builder()
                .build()
                .readTree(http.send(request, BodyHandlers.ofString()).body());
        String token = page.path("next_page_token").asString("");
        next = token.isEmpty() ? "" : first + "&page_token=" + encoded(token);
      }
    }
    if (calls.size() != SameModels.VERSION_COUNT / PAGE) {
      throw new IllegalStateException(first + " has " + calls.size() + " pages");
    }
    return calls;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Map<String, List<Measurement>> reads(Servers servers, Question question, int connections)
      throws InterruptedException {
    List<Target> targets =
        List.of(servers.registry(question.ours()), servers.mlflow(question.mlflows()));
    for (Target target : targets) {
      Load.on(target, connections, options.warmUp());
    }
    return Rounds.inTurns(
        targets, options.rounds(), target -> Load.on(target, connections, options.round()));
  }

  /**
   * Ours judges the whole gate and moves; MLflow writes a label. A promotion is made known to
   * MLflow's registry afterwards, and each round waits for that, so that it slows nobody.
   */
  private Map<String, List<Measurement>> promotions(
      Servers servers, SameModels models, int promotions) throws InterruptedException {
    List<Call> ours =
        IntStream.rangeClosed(1, promotions).mapToObj(RegistryBenchmark::promotion).toList();
    List<Call> theirs =
        IntStream.rangeClosed(1, promotions).mapToObj(RegistryBenchmark::relabelling).toList();
    List<Target> targets = List.of(servers.registry(ours), servers.mlflow(theirs));
    for (Target target : targets) {
      promote(target, models);
    }
    return Rounds.inTurns(targets, options.rounds(), target -> promote(target, models));
  }

  private static Measurement promote(Target target, SameModels models) throws InterruptedException {
    Measurement measured = Load.times(target, PROMOTIONS_A_ROUND);
    try {
      await("the mirror of the promotions", () -> !models.isBusy());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return measured;
  }

  private static Call promotion(int version) {
    return new Call(
        "POST",
        API + "/" + SameModels.PROMOTE + "/promote",
        Door.json(Map.of("version", version, "target_stage", "staging")));
  }

  private static Call relabelling(int version) {
    return new Call(
        "POST",
        MLFLOW + "model-versions/transition-stage",
        Door.json(
            Map.of(
                "name",
                SameModels.PROMOTE,
                "version",
                Integer.toString(version),
                "stage",
                "Staging",
                "archive_existing_versions",
                false)));
  }

  private interface Condition {
    boolean holds() throws IOException, InterruptedException, SQLException;
  }

  private static void await(String what, Condition condition)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!condition.holds()) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("Waited too long for " + what);
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
      }
    } catch (SQLException e) {
      throw new IllegalStateException("The database does not answer: " + e.getMessage(), e);
    }
  }
}
