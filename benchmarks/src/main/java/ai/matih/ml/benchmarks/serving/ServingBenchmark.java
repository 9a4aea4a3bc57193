package ai.matih.ml.benchmarks.serving;

import ai.matih.ml.benchmarks.Options;
import ai.matih.ml.benchmarks.cost.Cost;
import ai.matih.ml.benchmarks.cost.CostTable;
import ai.matih.ml.benchmarks.cost.Peer;
import ai.matih.ml.benchmarks.load.Target;
import ai.matih.ml.benchmarks.platform.Door;
import ai.matih.ml.benchmarks.platform.Platform;
import ai.matih.ml.benchmarks.platform.ServerProcess;
import ai.matih.ml.benchmarks.platform.SmallModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * Asks for the same predictions of the same model file: the router, the door in front of it,
 * FastAPI with ONNX Runtime as a careful team would write it, and {@code mlflow models serve}.
 */
public final class ServingBenchmark {

  private static final String PREDICT = "/api/v1/ml/predict";
  private static final List<Integer> ROWS = List.of(1, 100);

  private final Options options;
  private final PrintStream out;

  public ServingBenchmark(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  public void run() throws IOException, InterruptedException {
    Platform platform = Platform.of(System.getenv());
    Platform.Local local = platform.requireLocal();
    Path folder = Files.createTempDirectory("matih-bench-serving");
    SmallModel.Shape shape = SmallModel.Shape.SERVING;
    out.println("Preparing the model " + shape.id() + " (trained once, then found again)");
    try (Door door = new Door(platform.door(), platform.key())) {
      SmallModel model = new SmallModel(door, shape);
      int version = model.version();
      Path files = folder.resolve("model");
      download(door, model.artifacts(version), files);
      copy("fastapi_peer.py", folder);
      try (ServerProcess fastapi =
              PythonPeer.start(
                  "FastAPI",
                  local.python(),
                  folder,
                  List.of("fastapi_peer.py", files.resolve("model.onnx").toString(), "PORT"));
          ServerProcess mlflow =
              PythonPeer.start(
                  "mlflow models serve",
                  local.python(),
                  folder,
                  List.of(
                      "-m",
                      "mlflow",
                      "models",
                      "serve",
                      "-m",
                      files.toString(),
                      "--env-manager",
                      "local",
                      "-h",
                      "127.0.0.1",
                      "-p",
                      "PORT"))) {
        compare(platform, local, model, version, fastapi, mlflow);
      }
      new FreshRouter(
              local,
              peer(
                      "router",
                      local.address("predictions"),
                      PREDICT,
                      local.token("inference"),
                      Door.bytes(model.question(version, 1)))
                  .target(),
              out)
          .measure(options.connections().getLast());
    } finally {
      ServerProcess.delete(folder);
    }
  }

  private void compare(
      Platform platform,
      Platform.Local local,
      SmallModel model,
      int version,
      ServerProcess fastapi,
      ServerProcess mlflow)
      throws IOException, InterruptedException {
    CostTable table = new CostTable(out);
    table.machine();
    for (int rows : ROWS) {
      byte[] ours = Door.bytes(model.question(version, rows));
      byte[] plain = Door.bytes(Map.of("instances", model.rows(rows)));
      byte[] records = Door.bytes(Map.of("dataframe_records", model.rows(rows)));
      long router = local.process("serving-router");
      List<Peer> peers =
          List.of(
              peer("router", local.address("predictions"), PREDICT, local.token("inference"), ours)
                  .by(router),
              peer("door", platform.door(), PREDICT, platform.key(), ours)
                  .by(router, local.process("ml-api")),
              peer("fastapi", fastapi.address(), "/predict", "-", plain).by(fastapi.pid()),
              peer("mlflow serve", mlflow.address(), "/invocations", "-", records)
                  .by(mlflow.pid()));
      for (int connections : options.connections()) {
        table.print(
            "%d row%s, %d connection%s"
                .formatted(rows, rows == 1 ? "" : "s", connections, connections == 1 ? "" : "s"),
            Cost.compare(peers, connections, options.rounds(), options.round(), options.warmUp()));
      }
    }
  }

  private record Asked(Target target) {
    Peer by(Long... processes) {
      return new Peer(target, List.of(processes));
    }
  }

  private static Asked peer(String name, URI server, String path, String token, byte[] request) {
    return new Asked(Target.post(name, server.resolve(path), token, request));
  }

  /** The files of the run's model, so that all serve the very same. */
  private static void download(Door door, String artifacts, Path to)
      throws IOException, InterruptedException {
    List<String> folders = new ArrayList<>(List.of("model"));
    for (int i = 0; i < folders.size(); i++) {
      for (JsonNode file : door.get(artifacts + "?path=" + folders.get(i)).orFail().path("items")) {
        String path = file.path("path").asString();
        if (file.path("kind").asString("").equals("directory")) {
          folders.add(path);
        } else {
          Path target = to.resolve(path.substring("model/".length()));
          Files.createDirectories(target.getParent());
          Files.write(target, door.bytes(artifacts + "/" + path));
        }
      }
    }
  }

  private static void copy(String resource, Path folder) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(ServingBenchmark.class.getResourceAsStream(resource))) {
      Files.copy(in, folder.resolve(resource));
    }
  }
}
