package ai.matih.ml.local.suite;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.engine.Postgres;
import ai.matih.ml.local.engine.S3;
import ai.matih.ml.local.home.Credentials;
import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.PlatformState;
import ai.matih.ml.local.home.PlatformState.Part;
import ai.matih.ml.local.home.PlatformState.PartPhase;
import ai.matih.ml.local.home.PlatformState.Phase;
import ai.matih.ml.local.process.ProcessFamily;
import ai.matih.ml.local.process.RunningProcess;
import ai.matih.ml.local.supervision.PartPlan;
import ai.matih.ml.local.supervision.RestartPolicy;
import ai.matih.ml.local.supervision.Supervisor;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The foundation of the platform, PostgreSQL and S3, through start, sudden death and stop. */
@Timeout(180)
class PlatformIT {

  private final Credentials secrets = Credentials.random(Postgres.ROLES);

  @Test
  void survives_the_sudden_death_of_its_database_and_store(@TempDir Path folder) throws Exception {
    var home = new Home(folder, Home.standard().cache());
    var ports = freePorts();
    var settings =
        new Settings(
            folder.toString(),
            home.cache().folder().toString(),
            "",
            "/no/python",
            ports,
            List.of("postgres", "s3"),
            true);
    var plan = new Suite(settings, secrets).plan();
    var parts = plan.parts().stream().map(PartPlan::name).map(PlatformIT::waiting).toList();
    var first =
        new PlatformState(
            home.owner(),
            Phase.STARTING,
            null,
            null,
            Instant.EPOCH,
            "",
            "",
            ports.addresses(),
            parts);
    var policy =
        new RestartPolicy(Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofMinutes(1));
    var supervisor = new Supervisor(plan, home.state(), first, 2, policy);
    supervisor.start();
    try {
      supervisor.awaitReady();
      var postgres =
          new Postgres(
              "127.0.0.1",
              ports.postgres(),
              "postgres",
              secrets.postgresPassword(),
              secrets.rolePasswords());
      var store =
          new S3(
              PlatformPorts.http(ports.s3()),
              secrets.s3AccessKey(),
              secrets.s3SecretKey(),
              "us-east-1");
      remember(postgres);
      var bucket = store.freshBucket("kept");

      kill(supervisor.state(), "postgres");
      kill(supervisor.state(), "s3");

      await(supervisor, state -> state.parts().stream().allMatch(part -> part.restarts() > 0));
      supervisor.awaitReady();
      assertThat(recall(postgres)).isEqualTo("still here");
      assertThat(store.hasBucket(bucket)).isTrue();
      assertThat(PlatformState.read(home.state()).orElseThrow().phase()).isEqualTo(Phase.READY);
    } finally {
      var last = supervisor.state();
      supervisor.stop();
      assertThat(last.parts())
          .allSatisfy(part -> assertThat(family(home, part).members()).isEmpty());
    }
    assertThat(PlatformState.read(home.state()).orElseThrow().phase()).isEqualTo(Phase.STOPPED);
  }

  private static void remember(Postgres postgres) throws SQLException {
    try (var connection = postgres.database("ml", "training").connect();
        var sql = connection.createStatement()) {
      sql.execute("CREATE TABLE memory AS SELECT 'still here' AS words");
    }
  }

  private static String recall(Postgres postgres) throws SQLException {
    try (var connection = postgres.database("ml", "training").connect();
        var sql = connection.createStatement();
        var rows = sql.executeQuery("SELECT words FROM memory")) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static void kill(PlatformState state, String name) {
    state.parts().stream()
        .filter(part -> part.name().equals(name))
        .forEach(part -> part.identity().orElseThrow().find().orElseThrow().destroyForcibly());
  }

  private static ProcessFamily family(Home home, Part part) {
    return new ProcessFamily(
        part.identity().orElseThrow(), RunningProcess.mark(home.owner(), part.name()));
  }

  private static void await(Supervisor supervisor, Predicate<PlatformState> condition)
      throws InterruptedException {
    while (!condition.test(supervisor.state())) {
      Thread.sleep(50);
    }
  }

  private static PlatformPorts freePorts() {
    var offset = 13_000;
    while (Preflight.busy(PlatformPorts.withOffset(offset).postgres())
        || Preflight.busy(PlatformPorts.withOffset(offset).s3())) {
      offset += 100;
    }
    return PlatformPorts.withOffset(offset);
  }

  private static Part waiting(String name) {
    return new Part(name, PartPhase.WAITING, null, null, 0, 0, null, null, "", null);
  }
}
