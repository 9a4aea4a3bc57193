package ai.matih.ml.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.security.Role;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.TestEngines;
import ai.matih.ml.serving.drift.Cause;
import ai.matih.ml.serving.drift.DriftAlert;
import ai.matih.ml.serving.drift.DriftWatches;
import ai.matih.ml.serving.drift.Reaction;
import ai.matih.ml.serving.drift.Severity;
import ai.matih.ml.serving.fixture.Neighbours;
import ai.matih.ml.serving.fixture.RouterUnderTest;
import ai.matih.ml.serving.fixture.RouterUnderTest.Answer;
import ai.matih.ml.serving.fixture.TestBundles;
import ai.matih.ml.serving.sketch.Arm;
import ai.matih.ml.serving.sketch.CountedArm;
import ai.matih.ml.serving.sketch.Reference;
import ai.matih.ml.serving.sketch.ReferenceCells;
import ai.matih.ml.serving.sketch.Sketches;
import ai.matih.ml.serving.sketch.Sketches.Slot;
import ai.matih.ml.serving.sketch.Tally;
import ai.matih.ml.serving.sketch.TimeWindow;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What routers count of predictions, and what they say of it, on a real PostgreSQL and S3. */
class DriftIT {

  private static final String DIRECT = "{\"strategy\":\"direct\"}";
  private static final Map<String, String> QUICK =
      Map.of("serving.sketch.flush", "PT0.2S", "serving.drift.every", "PT0.3S");

  @TempDir static Path data;
  @TempDir static Path otherData;

  private static Neighbours neighbours;
  private static Database database;
  private static RouterUnderTest router;

  @BeforeAll
  static void start() {
    neighbours = new Neighbours();
    database = TestEngines.postgres().freshDatabase("serving");
    router = RouterUnderTest.start(database, data, neighbours.url(), QUICK);
  }

  @AfterAll
  static void stop() {
    router.close();
    neighbours.close();
  }

  @Test
  void a_model_that_is_asked_as_it_was_trained_does_not_drift() {
    deploy("calm", "watched");
    ask(router, "calm", 1000, 0, 1);

    Answer report = counted("calm", 1000);
    assertThat(report.text("/severity")).isEqualTo("none");
    assertThat(report.text("/cause")).isEqualTo("none");
    assertThat(report.text("/arms/0/severity")).isEqualTo("none");
    assertThat(report.body().at("/arms/0/drifted")).isEmpty();
    JsonNode temp = report.body().at("/arms/0/inputs/0");
    assertThat(temp.path("name").asString("")).isEqualTo("temp");
    assertThat(temp.path("rows").asLong()).isEqualTo(1000);
    assertThat(temp.path("reference_rows").asLong()).isEqualTo(2000);
    assertThat(temp.path("bins")).hasSize(13);
    assertThat(sum(temp.path("bins"), "observed")).isBetween(0.999999, 1.000001);
    assertThat(sum(temp.path("bins"), "expected")).isBetween(0.999999, 1.000001);
    assertThat(report.body().at("/arms/0/answers")).hasSize(2);
  }

  @Test
  void the_input_that_moved_is_named_and_no_other() {
    deploy("moved", "watched");
    ask(router, "moved", 1000, 1.0, 2);

    Answer report = counted("moved", 1000);
    assertThat(report.text("/severity")).isIn("high", "critical");
    assertThat(
            StreamSupport.stream(report.body().at("/arms/0/inputs").spliterator(), false)
                .filter(input -> !input.path("severity").asString("").equals("none"))
                .map(input -> input.path("name").asString("")))
        .containsExactly("wind_speed");
    assertThat(report.text("/cause")).isEqualTo("one_arm");

    Answer performance = router.get("/models/moved/performance?window=1h").expect(200);
    assertThat(performance.number("/arms/0/rows")).isEqualTo(1000);
    assertThat(performance.number("/arms/0/failed")).isZero();
    assertThat(performance.body().at("/arms/0/latency_ms/p99").asDouble()).isPositive();
    assertThat(performance.body().at("/arms/0/estimated/accuracy").asDouble()).isBetween(0.5, 1.0);
  }

  @Test
  void a_version_without_a_profile_says_so() {
    deploy("bare", "numeric-v1");
    ask(router, "bare", 200, 0, 3);

    Answer report = counted("bare", 200);
    assertThat(report.text("/severity")).isEqualTo("insufficient_data");
    assertThat(report.text("/arms/0/note")).contains("no reference profile");
    assertThat(report.body().at("/arms/0/inputs")).isEmpty();
  }

  @Test
  void what_two_routers_count_adds_up_and_outlives_them() {
    deploy("shared", "watched");
    try (RouterUnderTest second =
        RouterUnderTest.start(database, otherData, neighbours.url(), QUICK)) {
      second.await("/readyz", answer -> answer.status() == 200);
      ask(router, "shared", 300, 0, 4);
      ask(second, "shared", 200, 0, 5);
      counted("shared", 500);
      ask(second, "shared", 100, 0, 6);
      // An orderly end tells what is left.
    }
    assertThat(counted("shared", 600).number("/arms/0/rows")).isEqualTo(600);
  }

  @Test
  void drift_opens_one_alert_on_two_routers_and_one_job_trains() {
    deploy("guarded", "watched");
    settings(
        "guarded",
        """
        {"window":"1h","threshold":"medium","reaction":"retrain","cooldown":"PT1H",
         "retrain":{"job":{"name":"again","algorithm":"xgboost"}}}
        """);
    neighbours.loseAnswersOfJobs(1);
    try (RouterUnderTest second =
        RouterUnderTest.start(database, otherData, neighbours.url(), QUICK)) {
      second.await("/readyz", answer -> answer.status() == 200);
      ask(router, "guarded", 600, 1.0, 8);
      ask(second, "guarded", 400, 1.0, 9);
      Answer alerts =
          router.await(
              "/models/guarded/drift/alerts?status=open",
              answer -> answer.text("/items/0/reaction_outcome").equals("done"));
      String id = alerts.text("/items/0/id");

      assertThat(alerts.body().path("items")).hasSize(1);
      assertThat(alerts.body().at("/items/0/features/0").asString("")).isEqualTo("wind_speed");
      assertThat(alerts.text("/items/0/cause")).isEqualTo("one_arm");
      assertThat(alerts.text("/items/0/job_id")).isEqualTo("job-of-drift-" + id);
      assertThat(neighbours.jobs()).containsOnlyKeys("drift-" + id);
      assertThat(neighbours.alertsTold()).containsKey(id + "-opened");

      // As the world returns, the alert closes, once.
      ask(second, "guarded", 30_000, 0, 10);
      Answer closed =
          router.await(
              "/models/guarded/drift/alerts?status=closed",
              answer -> answer.body().path("items").size() == 1);
      assertThat(closed.text("/items/0/closed_because")).isEqualTo("recovered");
      router.await(
          "/models/guarded/drift/alerts", _ -> neighbours.alertsTold().containsKey(id + "-closed"));

      // Within the cooldown the next alert trains nobody.
      ask(router, "guarded", 30_000, 1.5, 11);
      Answer again =
          router.await(
              "/models/guarded/drift/alerts?status=open",
              answer -> answer.body().path("items").size() == 1);
      assertThat(again.text("/items/0/reaction_outcome")).isEqualTo("left_out");
      assertThat(again.text("/items/0/reaction_detail")).contains("cooldown");
      assertThat(neighbours.jobs()).hasSize(1);
    }
  }

  /** Whoever was overtaken does not get the lock, and the schema has the last word. */
  @Test
  void an_arm_has_one_open_alert_whoever_writes() {
    settings("raced", "{}");
    DriftWatches watches = router.bean(DriftWatches.class);
    Transactions transactions = router.bean(Transactions.class);
    DriftAlert alert =
        new DriftAlert(
            UUID.randomUUID().toString(),
            new ModelId("raced-too"),
            1,
            "stable",
            TimeWindow.DAY,
            Severity.HIGH,
            List.of("'; drop table drift_alert; --", "\uD83D\uDE80", "x".repeat(1000)),
            Cause.ONE_ARM,
            Instant.EPOCH,
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            Reaction.LOG,
            DriftAlert.Outcome.NONE,
            Optional.empty(),
            Optional.empty());
    TenantScope.run(
        new Tenant("acme"),
        () -> {
          transactions.run(
              () -> {
                assertThat(watches.lock(new ModelId("raced"), -1)).isFalse();
                watches.add(alert);
              });
          assertThatThrownBy(() -> transactions.run(() -> watches.add(again(alert))))
              .hasMessageContaining("one_open_drift_alert");
        });
    assertThat(router.get("/models/raced-too/drift/alerts").expect(200).body().path("items"))
        .hasSize(1);
    assertThat(router.as("globex").get("/models/raced-too/drift/alerts").body().path("items"))
        .isEmpty();
  }

  /** The same under another id. */
  private static DriftAlert again(DriftAlert alert) {
    return new DriftAlert(
        UUID.randomUUID().toString(),
        alert.model(),
        alert.version(),
        alert.variant(),
        alert.window(),
        alert.severity(),
        alert.features(),
        alert.cause(),
        alert.openedAt(),
        alert.lastSeenAt(),
        alert.closedAt(),
        alert.closedBecause(),
        alert.reaction(),
        alert.outcome(),
        alert.detail(),
        alert.jobId());
  }

  @Test
  void settings_are_a_document_with_revisions() {
    Answer defaults = router.get("/models/plain/drift/settings").expect(200);
    assertThat(defaults.text("/reaction")).isEqualTo("log");
    assertThat(defaults.text("/threshold")).isEqualTo("high");
    assertThat(defaults.http().headers().firstValue("ETag")).contains("\"0\"");

    settings("plain", "{\"threshold\":\"low\",\"min_features\":2}");
    Answer changed = router.get("/models/plain/drift/settings").expect(200);
    assertThat(changed.number("/revision")).isEqualTo(1);
    assertThat(changed.number("/min_features")).isEqualTo(2);
    assertThat(changed.text("/changed_by")).isEqualTo("user:alice");

    router.put("/models/plain/drift/settings", "{}", "\"0\"").expect(412, "Common:StaleRevision");
    router.put("/models/plain/drift/settings", "{}", null).expect(428, "Common:RevisionRequired");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "{\"window\":\"2h\"}|window",
        "{\"threshold\":\"none\"}|threshold",
        "{\"min_features\":0}|min_features",
        "{\"cooldown\":\"1 day\"}|cooldown",
        "{\"cooldown\":\"PT1S\"}|cooldown",
        "{\"reaction\":\"page\"}|reaction",
        "{\"reaction\":\"retrain\"}|retrain",
        "{\"reaction\":\"retrain\",\"retrain\":{\"job\":{}}}|retrain.job",
        "{\"reaction\":\"retrain\",\"retrain\":{\"job\":{\"a\":1},\"budget\":0}}|retrain.budget",
        "{\"reaction\":\"retrain\",\"retrain\":{\"job\":{\"a\":1},\"period\":\"x\"}}|retrain.period",
        "{\"surprise\":1}|surprise"
      })
  void wrong_settings_are_named(String body, String field) {
    router
        .put("/models/wrong/drift/settings", body, "\"0\"")
        .expect(400, "Common:InvalidRequest")
        .naming(field);
  }

  @Test
  void who_may_deploy_but_not_train_cannot_let_drift_train() {
    router
        .send(
            router
                .request("/models/wrong/drift/settings", Role.OPERATOR)
                .header("Content-Type", "application/json")
                .header("If-Match", "\"0\"")
                .PUT(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"reaction\":\"retrain\",\"retrain\":{\"job\":{\"a\":1}}}")))
        .expect(403, "Common:Forbidden");
  }

  private static void settings(String model, String body) {
    router.put("/models/" + model + "/drift/settings", body, "\"0\"").expect(200);
  }

  /** Told again after it was stored, by two routers, and then added up to an hour. */
  @Test
  void slots_become_hours_without_losing_or_doubling_a_count() {
    Sketches sketches = router.bean(Sketches.class);
    Reference reference = ReferenceCells.of(TestBundles.signature("watched"), Optional.empty());
    Arm arm = new Arm("acme", new ModelId("old"), 1, "sha256:0", "stable");
    Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(6));
    Tally nothing = Tally.nothing(reference);
    Tally ten = new Tally(10, 10, 1, 2, nothing.cells(), nothing.sums(), nothing.latency());
    Duration width = Duration.ofMinutes(5);
    for (String source : List.of("one", "two", "one")) {
      for (int slot = 0; slot < 3; slot++) {
        sketches.store(
            source,
            width,
            List.of(
                new Slot(
                    new CountedArm(arm, reference, ten), hour.plus(width.multipliedBy(slot)))));
      }
    }
    Instant settled = Instant.now().minus(Duration.ofHours(3));
    // Of another release, which counts in other cells.
    Tally other =
        Tally.nothing(ReferenceCells.of(TestBundles.signature("regression"), Optional.empty()));
    sketches.store(
        "three",
        width,
        List.of(
            new Slot(
                new CountedArm(
                    arm,
                    reference,
                    new Tally(5, 5, 0, 0, other.cells(), other.sums(), other.latency())),
                hour)));
    assertThat(
            router.get("/models/old/performance?window=24h").expect(200).number("/arms/0/requests"))
        .isEqualTo(60);

    assertThat(sketches.tidy(settled, Instant.EPOCH, 4)).isEqualTo(4);
    assertThat(sketches.tidy(settled, Instant.EPOCH, 4)).isEqualTo(3);
    assertThat(sketches.tidy(settled, Instant.EPOCH, 4)).isZero();
    Answer report = router.get("/models/old/performance?window=24h").expect(200);
    assertThat(report.number("/arms/0/requests")).isEqualTo(60);
    assertThat(report.number("/arms/0/failed")).isEqualTo(6);

    assertThat(sketches.tidy(settled, settled, 100)).isPositive();
    assertThat(router.get("/models/old/performance").expect(200).body().path("arms")).isEmpty();
  }

  @Test
  void nobody_sees_the_counts_of_another_tenant_and_nothing_counted_is_no_error() {
    Answer nothing = router.as("globex").get("/models/calm/drift").expect(200);

    assertThat(nothing.body().path("arms")).isEmpty();
    assertThat(nothing.text("/note")).isNotEmpty();
    assertThat(nothing.text("/severity")).isEqualTo("insufficient_data");
    assertThat(router.get("/models/never-served/performance").expect(200).body().path("arms"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/models/calm/drift?window=2h, window",
    "/models/calm/drift?version=0, version",
    "/models/calm/drift?version=x, version",
    "/models/-/drift, id",
    "/models/calm/performance?window=1d, window",
    "/models/calm/drift/alerts?status=new, status",
    "/models/calm/drift/alerts?page_size=0, page_size",
    "/models/-/drift/alerts, id",
    "/models/-/drift/settings, id",
    "/models/calm/performance?version=-1, version",
    "/models/-/performance, id"
  })
  void a_wrong_question_is_named(String path, String field) {
    router.get(path).expect(400, "Common:InvalidRequest").naming(field);
  }

  private static void deploy(String model, String bundle) {
    neighbours.register("acme", model, 1, "production", bundle);
    router.deployed(model, 1, DIRECT);
  }

  /** Rows as the profile was made of, but for one input. */
  private static void ask(RouterUnderTest asked, String model, int rows, double shift, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int sent = 0; sent < rows; ) {
      StringBuilder instances = new StringBuilder();
      for (int i = 0; i < 100 && sent < rows; i++, sent++) {
        instances.append(
            "%s{\"temp\":%s,\"wind_speed\":%s,\"distance\":%s}"
                .formatted(
                    i == 0 ? "" : ",",
                    random.nextDouble() < 0.05 ? "null" : random.nextGaussian(),
                    random.nextDouble() < 0.05 ? "null" : random.nextGaussian() + shift,
                    random.nextGaussian()));
      }
      asked
          .post("/predict", "{\"model_id\":\"%s\",\"instances\":[%s]}".formatted(model, instances))
          .expect(200);
    }
  }

  private static Answer counted(String model, long rows) {
    return router.await(
        "/models/" + model + "/drift?window=1h",
        answer -> answer.status() == 200 && answer.number("/arms/0/rows") == rows);
  }

  private static double sum(JsonNode list, String field) {
    return StreamSupport.stream(list.spliterator(), false)
        .mapToDouble(one -> one.path(field).asDouble())
        .sum();
  }
}
