package ai.matih.ml.api.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.local.engine.Postgres;
import ai.matih.ml.local.engine.S3;
import ai.matih.ml.local.engine.TestEngines;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Sets up databases and buckets of its own on the real servers. */
class SetupIT {

  private final Postgres postgres = TestEngines.postgres();
  private final S3 store = TestEngines.s3();
  private final String suffix = suffix();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void what_is_missing_is_made_once() throws SQLException {
    Map<String, String> environment = environment();

    assertThat(setup(environment)).as(told()).isZero();

    assertThat(told()).contains("made database ml_" + suffix, "made bucket models-" + suffix);
    for (String role : Postgres.SERVICE_ROLES) {
      try (Connection own = as(role, "ml_" + suffix)) {
        own.createStatement().execute("create table " + role + ".mine (id int)");
      }
    }
    try (Connection own = as("mlflow", "mlflow_" + suffix)) {
      own.createStatement().execute("create table mine (id int)");
      assertThat(isTrue(own, "select 'ÜBER ГОД' ilike '%über год%'")).isTrue();
    }
    assertThat(store.hasBucket("models-" + suffix)).isTrue();

    out.reset();
    assertThat(setup(environment)).as(told()).isZero();
    assertThat(told()).doesNotContain("made ");
  }

  @Test
  void a_service_gets_no_further_than_its_own_schema() throws SQLException {
    assertThat(setup(environment())).as(told()).isZero();

    try (Connection serving = as("serving", "ml_" + suffix)) {
      assertThatThrownBy(
              () -> serving.createStatement().execute("create table registry.mine (id int)"))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(
              () -> serving.createStatement().execute("create table public.mine (id int)"))
          .hasMessageContaining("permission denied");
    }
  }

  private int setup(Map<String, String> environment) {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return Program.SETUP.run(environment, stream, stream);
  }

  /** The roles are the running platform's own and keep their passwords. */
  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("DATABASE_HOST", postgres.host());
    environment.put("DATABASE_PORT", Integer.toString(postgres.port()));
    environment.put("DATABASE_ADMIN_USER", postgres.user());
    environment.put("DATABASE_ADMIN_PASSWORD", postgres.password());
    environment.put("DATABASE_ML", "ml_" + suffix);
    environment.put("DATABASE_MLFLOW", "mlflow_" + suffix);
    environment.put("DATABASE_FEAST", "feast_" + suffix);
    Postgres.ROLES.forEach(
        role ->
            environment.put(
                "PASSWORD_" + role.toUpperCase(java.util.Locale.ROOT),
                postgres.passwords().get(role)));
    environment.put("S3_ENDPOINT", store.endpoint().toString());
    environment.put("S3_ACCESS_KEY", store.accessKey());
    environment.put("S3_SECRET_KEY", store.secretKey());
    environment.put("BUCKETS", "models-" + suffix + ",datasets-" + suffix);
    return environment;
  }

  private static boolean isTrue(Connection connection, String query) throws SQLException {
    try (var rows = connection.createStatement().executeQuery(query)) {
      return rows.next() && rows.getBoolean(1);
    }
  }

  private Connection as(String role, String database) throws SQLException {
    return DriverManager.getConnection(
        postgres.url(database), role, postgres.passwords().get(role));
  }

  private String told() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String suffix() {
    byte[] bytes = new byte[5];
    RandomGenerator.getDefault().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
