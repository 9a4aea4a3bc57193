package ai.matih.ml.serving.engine.triton.store;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.engine.triton.KnownModels;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** In the one row of {@code triton_writer}. */
public final class StoredKnownModels implements KnownModels {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<Map<String, String>> MODELS = new TypeReference<>() {};

  private final JdbcClient sql;
  private final Transactions transactions;

  StoredKnownModels(JdbcClient sql, Transactions transactions) {
    this.sql = sql;
    this.transactions = transactions;
  }

  @Override
  public Map<String, String> read() {
    return TenantScope.acrossTenants(
        () ->
            transactions.call(
                () ->
                    JSON.readValue(
                        sql.sql("select models from triton_writer").query(String.class).single(),
                        MODELS)));
  }

  @Override
  public void write(Map<String, String> models) {
    TenantScope.acrossTenants(
        () ->
            transactions.call(
                () ->
                    sql.sql("update triton_writer set models = ?::jsonb")
                        .param(JSON.writeValueAsString(models))
                        .update()));
  }
}
