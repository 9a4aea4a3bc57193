package ai.matih.ml.benchmarks.platform;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/**
 * A model of boosted trees over numbers, made through the door once and found again by later runs.
 * It has no traffic: the calls pin its version.
 */
public final class SmallModel {

  /** What one is made of. */
  public record Shape(String id, int columns, int trees) {

    /** Asked by {@code bench door} when no request was given. */
    public static final Shape DOOR = new Shape("bench-door", 8, 50);

    /** Of {@code bench serving}: the size by which serving systems are usually compared. */
    public static final Shape SERVING = new Shape("bench-serving", 30, 100);
  }

  private static final int ROWS = 2_000;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final Door door;
  private final Shape shape;

  public SmallModel(Door door, Shape shape) {
    this.door = door;
    this.shape = shape;
  }

  /**
   * Makes the model if it is not there, and waits until a version of it answers.
   *
   * @return that version
   */
  public int version() throws IOException, InterruptedException {
    Door.Answer model = door.get("/models/" + shape.id());
    if (model.status() == 404) {
      door.post("/models", Map.of("name", shape.id(), "task", "classification")).orFail();
    } else {
      model.orFail();
    }
    int version = newestVersion();
    if (version == 0) {
      train();
      version = newestVersion();
    }
    if (!door.post("/predict", question(version, 1)).ok()) {
      deploy(version);
    }
    door.post("/predict", question(version, 1)).orFail();
    return version;
  }

  /** Where the door has the files of the run that trained a version. */
  public String artifacts(int version) throws IOException, InterruptedException {
    JsonNode trained = door.get("/models/" + shape.id() + "/versions/" + version).orFail();
    return "/experiments/%s/runs/%s/artifacts"
        .formatted(trained.path("experiment_id").asString(), trained.path("run_id").asString());
  }

  private int newestVersion() throws IOException, InterruptedException {
    int newest = 0;
    for (JsonNode version :
        door.get("/models/" + shape.id() + "/versions").orFail().path("items")) {
      newest = Math.max(newest, version.path("version").asInt());
    }
    return newest;
  }

  private void train() throws IOException, InterruptedException {
    String source =
        door.putCsv("/training/datasets/" + shape.id(), table(shape.columns()))
            .orFail()
            .path("source")
            .asString();
    String job =
        door.post(
                "/training/submit",
                Map.of(
                    "name",
                    shape.id(),
                    "algorithm",
                    "xgboost",
                    "task",
                    "classification",
                    "dataset",
                    Map.of("source", source),
                    "target_column",
                    "label",
                    "hyperparameters",
                    Map.of("max_depth", 6, "num_boost_round", shape.trees()),
                    "resources",
                    Map.of("num_workers", 1, "cpus_per_worker", 1),
                    "register",
                    Map.of("model_id", shape.id())))
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
                "/models/" + shape.id() + "/deploy",
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

  /** A prediction request for so many rows of a version; the rows are the same every time. */
  public Map<String, Object> question(int version, int rows) {
    List<Map<String, Double>> instances = rows(rows);
    return Map.of(
        "model_id",
        shape.id(),
        rows == 1 ? "features" : "instances",
        rows == 1 ? instances.getFirst() : instances,
        "options",
        Map.of("version", version, "return_probabilities", true));
  }

  /** Rows by column. */
  public List<Map<String, Double>> rows(int count) {
    Random random = new Random(7);
    List<Map<String, Double>> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      Map<String, Double> values = new LinkedHashMap<>();
      for (int column = 0; column < shape.columns(); column++) {
        values.put("x" + column, Math.round(random.nextGaussian() * 1e4) / 1e4);
      }
      rows.add(values);
    }
    return rows;
  }

  /** The same table every time, so that every run asks the same model. */
  static String table(int columns) {
    Random random = new Random(42);
    StringBuilder csv = new StringBuilder();
    for (int column = 0; column < columns; column++) {
      csv.append('x').append(column).append(',');
    }
    csv.append("label\n");
    for (int row = 0; row < ROWS; row++) {
      double sum = 0;
      for (int column = 0; column < columns; column++) {
        double value = random.nextGaussian();
        sum += column % 2 == 0 ? value : value * value - 1;
        csv.append(value).append(',');
      }
      csv.append(sum + random.nextGaussian() > 0 ? 1 : 0).append('\n');
    }
    return csv.toString();
  }
}
