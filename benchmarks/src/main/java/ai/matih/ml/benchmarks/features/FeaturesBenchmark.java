package ai.matih.ml.benchmarks.features;

import ai.matih.ml.benchmarks.Options;
import ai.matih.ml.benchmarks.cost.Cost;
import ai.matih.ml.benchmarks.cost.CostTable;
import ai.matih.ml.benchmarks.cost.Peer;
import ai.matih.ml.benchmarks.load.Target;
import ai.matih.ml.benchmarks.load.Target.Call;
import ai.matih.ml.benchmarks.platform.Door;
import ai.matih.ml.benchmarks.platform.Platform;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Asks for the same values of the same store: the feature gateway, Feast's own server, and a plain
 * Java client that does nothing but the reads.
 */
public final class FeaturesBenchmark {

  private static final String SERVE = "/api/v1/ml/features/serve";
  private static final String FEASTS = "/projects/default/feast/get-online-features";
  private static final List<Integer> USERS = List.of(1, 10, 100);
  private static final List<Integer> VIEWS = List.of(1, BenchViews.VIEWS);

  /** Different users in turn, so that no page of the store is asked for twice in a row. */
  private static final int QUESTIONS = 50;

  private final Options options;
  private final PrintStream out;

  public FeaturesBenchmark(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  public void run() throws IOException, InterruptedException {
    Platform platform = Platform.of(System.getenv());
    Platform.Local local = platform.requireLocal();
    out.println("Preparing five views of a thousand users (made once, then found again)");
    try (Door door = new Door(platform.door(), platform.key())) {
      new BenchViews(door).make();
    }
    CostTable table = new CostTable(out);
    table.machine();
    String token = local.token("inference");
    List<Long> gateway = List.of(local.process("feature-gateway"));
    List<Long> feast = List.of(local.process("feast"));
    for (int users : USERS) {
      for (int views : VIEWS) {
        List<Peer> peers =
            List.of(
                new Peer(
                    target("gateway", local.address("online_features"), SERVE, token, views, users),
                    gateway),
                new Peer(
                    target(
                        "feast", local.address("feast"), FEASTS, local.feastToken(), views, users),
                    feast));
        for (int connections : options.connections()) {
          Map<String, Cost> costs =
              Cost.compare(peers, connections, options.rounds(), options.round(), options.warmUp());
          table.print(
              "%d entit%s x %d view%s x %d features, %d connections"
                  .formatted(
                      users,
                      users == 1 ? "y" : "ies",
                      views,
                      views == 1 ? "" : "s",
                      BenchViews.features().size(),
                      connections),
              costs);
        }
        try (RawReads reads = new RawReads(local, views, users)) {
          out.println(
              String.format(
                  Locale.ROOT,
                  "%-14s %12.0f   (a Java client that does nothing but the reads, one thread)",
                  "raw reads",
                  reads.cpuMicros(options.warmUp(), options.round())));
        }
      }
    }
  }

  private static Target target(
      String name, URI server, String path, String token, int views, int users) {
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < QUESTIONS; i++) {
      Map<String, Object> question =
          new LinkedHashMap<>(BenchViews.question(views, users, i * BenchViews.USERS / QUESTIONS));
      if (name.equals("feast")) {
        question.put("full_feature_names", true);
      }
      calls.add(new Call("POST", path, Door.json(question)));
    }
    return Target.inTurn(name, server, Map.of("Authorization", "Bearer " + token), calls);
  }
}
