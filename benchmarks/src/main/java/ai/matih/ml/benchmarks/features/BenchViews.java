package ai.matih.ml.benchmarks.features;

import ai.matih.ml.benchmarks.platform.Door;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Five views of eight features about a thousand users, made through the door once: five numbers,
 * two whole numbers and a text in each.
 */
final class BenchViews {

  static final int VIEWS = 5;
  static final int USERS = 1_000;

  private static final String NAME = "bench_user";
  private static final String KEY = "bench_user_id";
  private static final List<String> TYPES =
      List.of("double", "double", "double", "double", "double", "long", "long", "string");
  private static final String FEATURES = "/features/";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Door door;

  BenchViews(Door door) {
    this.door = door;
  }

  static String view(int number) {
    return "bench_view_" + number;
  }

  /** The names of a view's features. */
  static List<String> features() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < TYPES.size(); i++) {
      names.add("f" + i);
    }
    return names;
  }

  /** Declares and fills them, if they are not there. */
  void make() throws IOException, InterruptedException {
    if (door.post(FEATURES + "serve", question(VIEWS, 1, 0)).ok()) {
      return;
    }
    declare(
        "sources/" + NAME,
        Map.of("uri", "s3://datasets/default/bench/users.parquet", "timestamp_column", "at"));
    declare("entities/" + NAME, Map.of("join_key", KEY, "type", "long"));
    for (int view = 0; view < VIEWS; view++) {
      List<Map<String, String>> features = new ArrayList<>();
      for (int i = 0; i < TYPES.size(); i++) {
        features.add(Map.of("name", "f" + i, "type", TYPES.get(i)));
      }
      declare(
          view(view),
          Map.of("source", NAME, "entities", List.of(NAME), "push", true, "features", features));
    }
    for (int view = 0; view < VIEWS; view++) {
      awaitApplied(view(view));
      door.post(FEATURES + "push", Map.of("view", view(view), "rows", rows(view))).orFail();
    }
    door.post(FEATURES + "serve", question(VIEWS, 1, 0)).orFail();
  }

  /** What to ask for so many views and users, beginning with a user. */
  static Map<String, Object> question(int views, int users, int first) {
    List<String> references = new ArrayList<>();
    for (int view = 0; view < views; view++) {
      for (String feature : features()) {
        references.add(view(view) + ":" + feature);
      }
    }
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < users; i++) {
      ids.add((first + i) % USERS);
    }
    Map<String, Object> question = new LinkedHashMap<>();
    question.put("features", references);
    question.put("entities", Map.of(KEY, ids));
    return question;
  }

  private void declare(String path, Map<String, Object> document)
      throws IOException, InterruptedException {
    Door.Answer there = door.get(FEATURES + path);
    if (there.status() == 404) {
      door.put(FEATURES + path, document).orFail();
    } else {
      there.orFail();
    }
  }

  private void awaitApplied(String view) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!door.get(FEATURES + view)
        .orFail()
        .path("conditions")
        .path(0)
        .path("status")
        .asString("")
        .equals("true")) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("The view " + view + " was not applied in time");
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
    }
  }

  private static List<Map<String, Object>> rows(int view) {
    Random random = new Random(view);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int user = 0; user < USERS; user++) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put(KEY, user);
      row.put("at", "2026-01-02T03:04:05.678Z");
      for (int i = 0; i < TYPES.size(); i++) {
        row.put(
            "f" + i,
            switch (TYPES.get(i)) {
              case "double" -> random.nextGaussian();
              case "long" -> random.nextInt(1_000_000);
              default -> "segment " + random.nextInt(100);
            });
      }
      rows.add(row);
    }
    return rows;
  }
}
