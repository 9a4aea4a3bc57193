package ai.matih.ml.local.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** The engines that every module's tests stand on. */
class EnginesIT {

  @Test
  void a_fresh_database_lets_each_role_into_its_own_schema_only() throws SQLException {
    var training = TestEngines.postgres().freshDatabase("training");

    try (var connection = training.connect();
        var sql = connection.createStatement()) {
      sql.execute("CREATE TABLE job (id text)");
      try (var rows =
          sql.executeQuery("SELECT schemaname FROM pg_tables WHERE tablename = 'job'")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("training");
      }
    }
    try (var connection = training.as("registry").connect();
        var sql = connection.createStatement()) {
      assertThatThrownBy(() -> sql.execute("SELECT * FROM training.job"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void two_fresh_databases_are_different_ones() {
    var server = TestEngines.postgres();

    assertThat(server.freshDatabase("api").name()).isNotEqualTo(server.freshDatabase("api").name());
  }

  @Test
  void the_store_knows_our_keys_and_has_the_buckets_of_the_suite() {
    var store = TestEngines.s3();

    assertThat(store.answers()).isTrue();
    assertThat(S3.BUCKETS).allMatch(store::hasBucket);
    assertThat(store.hasBucket(store.freshBucket("run"))).isTrue();
    assertThat(store.hasBucket("never-made")).isFalse();
  }

  @Test
  void the_store_refuses_a_stranger() {
    var store = TestEngines.s3();
    var stranger = new S3(store.endpoint(), store.accessKey(), "wrong", store.region());

    assertThat(stranger.answers()).isFalse();
  }

  @Test
  void nobody_answers_where_nothing_runs() {
    var nowhere =
        new S3(URI.create("http://127.0.0.1:" + TestEngines.freePort()), "a", "b", "us-east-1");

    assertThat(nowhere.answers()).isFalse();
  }
}
