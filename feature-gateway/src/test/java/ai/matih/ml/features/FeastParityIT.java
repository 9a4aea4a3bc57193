package ai.matih.ml.features;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.local.engine.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** With the online values in PostgreSQL. */
class FeastParityIT extends FeastParityContract {

  @Override
  Gateway start(Map<String, String> overrides) {
    return Gateway.with(overrides);
  }

  @Override
  String feastsNotFound() {
    return "NOT_FOUND";
  }

  @Test
  void a_value_that_was_always_true_has_no_other_rows_time() throws Exception {
    Database feast = gateway.feast().database();
    String table = "\"online_%1$s\".\"%1$s_by_code\"".formatted(tenant);
    try (Connection connection =
            DriverManager.getConnection(feast.url(), feast.user(), feast.password());
        Statement statement = connection.createStatement()) {
      statement.execute("create temporary table kept as select * from " + table);
      try {
        assertThat(statement.executeUpdate("update " + table + " set event_ts = '-infinity'"))
            .isPositive();
        String at =
            gateway
                .post(
                    tenant,
                    "/api/v1/ml/features/serve",
                    "{\"features\":[\"by_code:rate\"],\"entities\":{\"code\":[9]}}")
                .is(200)
                .body()
                .at("/rows/0/values/by_code:rate/event_timestamp")
                .asString("");
        assertThat(at).startsWith("-1000000000");
      } finally {
        statement.execute(
            "update %s t set event_ts = k.event_ts from kept k where t.entity_key = k.entity_key and t.feature_name = k.feature_name"
                .formatted(table));
      }
    }
  }
}
