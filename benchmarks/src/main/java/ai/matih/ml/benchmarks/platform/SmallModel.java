package ai.matih.ml.benchmarks.platform;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/**
 * The model that is asked when no request was given: eight numbers, fifty boosted trees, made
 * through the door once and found again by later runs. It has no traffic: the calls pin its
 * version.
 */
public final class SmallModel {

  public static final String ID = "bench-door";

  private static final int ROWS = 2_000;
  private static final int COLUMNS = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final Door door;

  public SmallModel(Door door) {
    this.door = door;
  }

  /** The body of a prediction that the platform answers. */
  public byte[] request() throws IOException, InterruptedException {
    Door.Answer model = door.get("/models/" + ID);
    if (model.status() == 404) {
      door.post("/models", Map.of("name", ID, "task", "classification")).orFail();
    } else {
      model.orFail();
    }
    int version = newestVersion();
    if (version == 0) {
      train();
      version = newestVersion();
    }
    if (!door.post("/predict", question(version)).ok()) {
      deploy(version);
    }
    door.post("/predict", question(version)).orFail();
    return Door.bytes(question(version));
  }

  private int newestVersion() throws IOException, InterruptedException {
    int newest = 0;
    for (JsonNode version : door.get("/models/" + ID + "/versions").orFail().path("items")) {
      newest = Math.max(newest, version.path("version").asInt());
    }
    return newest;
  }

  private void train() throws IOException, InterruptedException {
    String source =
        door.putCsv("/training/datasets/" + ID, table()).orFail().path("source").asString();
    String job =
        door.post(
                "/training/submit",
                Map.of(
                    "name",
                    ID,
                    "algorithm",
                    "xgboost",
                    "task",
                    "classification",
                    "dataset",
                    Map.of("source", source),
                    "target_column",
                    "label",
                    "hyperparameters",
                    Map.of("max_depth", 6, "num_boost_round", 50),
                    "resources",
                    Map.of("num_workers", 2, "cpus_per_worker", 1),
                    "register",
                    Map.of("model_id", ID)))
            .orFail()
            .path("job_id")
            .asString();
    String status = awaitStatus("/training/jobs/" + job, List.of("succeeded"));
    if (!status.equals("succeeded")) {
      throw new IllegalStateException("The training of the small model ended as " + status);
    }
  }

  private void deploy(int version) throws IOException, InterruptedException {
    String deployment =
        door.post(
                "/models/" + ID + "/deploy",
                Map.of("version", version, "engine", "onnx", "traffic", Map.of("strategy", "none")))
            .orFail()
            .path("id")
            .asString();
    String status = awaitStatus("/deployments/" + deployment, List.of("ready"));
    if (!status.equals("ready")) {
      throw new IllegalStateException("The deployment of the small model ended as " + status);
    }
  }

  private String awaitStatus(String path, List<String> wanted)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String status = door.get(path).orFail().path("status").asString("");
      if (wanted.contains(status)
          || List.of("failed", "cancelled", "stopped", "lost").contains(status)) {
        return status;
      }
      pause(deadline, path);
    }
  }

  private static void pause(long deadline, String what) throws InterruptedException {
    if (System.nanoTime() > deadline) {
      throw new IllegalStateException("Waited too long for " + what);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
  }

  private static Map<String, Object> question(int version) {
    return Map.of(
        "model_id",
        ID,
        "features",
        Map.of(
            "x0", 0.3, "x1", -0.7, "x2", 1.1, "x3", 0.0, "x4", -1.4, "x5", 0.2, "x6", 0.9, "x7",
            -0.1),
        "options",
        Map.of("version", version, "return_probabilities", true));
  }

  /** The same table every time, so that every run asks the same model. */
  static String table() {
    Random random = new Random(42);
    StringBuilder csv = new StringBuilder();
    for (int column = 0; column < COLUMNS; column++) {
      csv.append('x').append(column).append(',');
    }
    csv.append("label\n");
    for (int row = 0; row < ROWS; row++) {
      double sum = 0;
      for (int column = 0; column < COLUMNS; column++) {
        double value = random.nextGaussian();
        sum += column % 2 == 0 ? value : value * value - 1;
        csv.append(value).append(',');
      }
      csv.append(sum + random.nextGaussian() > 0 ? 1 : 0).append('\n');
    }
    return csv.toString();
  }
}
