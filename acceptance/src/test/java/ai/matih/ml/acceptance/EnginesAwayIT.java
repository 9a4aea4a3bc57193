package ai.matih.ml.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.acceptance.client.Answer;
import ai.matih.ml.acceptance.client.Await;
import ai.matih.ml.acceptance.client.Door;
import ai.matih.ml.local.home.PlatformState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each engine is killed while its supervisor is held, so that it stays away; what needs it says so
 * with a 503 that names it, what does not need it goes on, and when it is back everything works.
 */
class EnginesAwayIT {

  private static final Duration RECOVERY = Duration.ofMinutes(4);

  enum Engine {
    MLFLOW,
    RAY,
    S3,
    FEAST,
    POSTGRES;

    String part() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** A call that cannot be answered without it. */
    Answer needing() {
      return switch (this) {
        case MLFLOW -> door().get("/experiments");
        case RAY -> door().get("/training/capacity");
        case S3 -> upload();
        case FEAST -> door().get(Door.HEALTH);
        case POSTGRES -> door().get("/models");
      };
    }

    /** Reads of features go past Feast's server, so only its health tells. */
    boolean works() {
      Answer answer = needing();
      return this == FEAST ? answer.text("/engines/feast").equals("up") : answer.isSuccess();
    }

    /** A call that goes on without it. */
    Answer goingOn() {
      return switch (this) {
        case RAY -> door().get("/experiments");
        case FEAST -> door().get("/features");
        case MLFLOW, S3, POSTGRES -> door().get("/models");
      };
    }
  }

  @BeforeEach
  void onThisMachineOnly() {
    assertThat(RunningPlatform.local().supervised()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void an_engine_that_is_away_is_named_and_its_return_is_noticed(Engine engine) throws Exception {
    awaitWorking(engine);
    long supervisor = Objects.requireNonNull(RunningPlatform.localNow().supervisor()).pid();
    signal("STOP", supervisor);
    try {
      kill(part(engine));

      Await.until(
          engine + " is noticed as away", Duration.ofSeconds(40), engine::works, works -> !works);
      if (engine != Engine.FEAST) {
        assertNamed(engine, engine.needing());
      }
      if (engine != Engine.POSTGRES) {
        engine.goingOn().expect(200);
      }
    } finally {
      signal("CONT", supervisor);
    }
    awaitWorking(engine);
  }

  private static void awaitWorking(Engine engine) {
    Await.until(engine + " works", RECOVERY, engine::works, works -> works);
    Await.until(engine + "'s neighbours work", RECOVERY, engine::goingOn, Answer::isSuccess);
    if (engine == Engine.POSTGRES) {
      Await.until(
          "every service has its connections again",
          RECOVERY,
          EnginesAwayIT::everyServiceReads,
          reads -> reads);
    }
  }

  /** More often than a service has connections: each broken one is noticed by a call that fails. */
  private static boolean everyServiceReads() {
    return Stream.of("/keys", "/training/jobs", "/models", "/features", "/deployments")
        .allMatch(path -> IntStream.range(0, 20).allMatch(_ -> door().get(path).isSuccess()));
  }

  private static Door door() {
    return RunningPlatform.admin();
  }

  private static Answer upload() {
    byte[] csv = ("a,b\n1," + RunningPlatform.suffix() + "\n").getBytes(StandardCharsets.UTF_8);
    return door()
        .upload(
            "/training/datasets/away", "text/csv", () -> new ByteArrayInputStream(csv), "one row");
  }

  private static void assertNamed(Engine engine, Answer away) {
    assertThat(away.status()).as(away.body()).isIn(502, 503, 504);
    assertThat(away.header("Content-Type").orElse("")).startsWith("application/problem+json");
    assertThat(away.body().toLowerCase(Locale.ROOT)).containsAnyOf(engine.part(), "database");
    assertThat(away.body()).doesNotContain("Exception", "ai.matih");
  }

  private static PlatformState.Part part(Engine engine) {
    return RunningPlatform.localNow().parts().stream()
        .filter(part -> part.name().equals(engine.part()))
        .findFirst()
        .orElseThrow();
  }

  private static void kill(PlatformState.Part part) {
    ProcessHandle leader = part.identity().orElseThrow().find().orElseThrow();
    List<ProcessHandle> family = Stream.concat(leader.descendants(), Stream.of(leader)).toList();
    family.forEach(ProcessHandle::destroyForcibly);
    Await.until(
        part.name() + " is dead",
        Duration.ofSeconds(10),
        () -> family.stream().noneMatch(EnginesAwayIT::runs),
        dead -> dead);
  }

  /** A killed child of the held supervisor stays as a zombie until it is looked after. */
  private static boolean runs(ProcessHandle process) {
    return process.isAlive()
        && process.info().totalCpuDuration().isPresent()
        && process.info().command().isPresent();
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    assertThat(code).isZero();
  }
}
