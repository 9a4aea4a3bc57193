package ai.matih.ml.serving.engine.rayserve.store;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.engine.rayserve.ServeMemory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The one row of {@code ray_serve_writer}. */
public final class StoredServeMemory implements ServeMemory {

  private final JdbcClient sql;
  private final Transactions transactions;

  StoredServeMemory(JdbcClient sql, Transactions transactions) {
    this.sql = sql;
    this.transactions = transactions;
  }

  @Override
  public boolean started() {
    return TenantScope.acrossTenants(
        () ->
            transactions.call(
                () ->
                    sql.sql("select bool_or(started) from ray_serve_writer")
                        .query(Boolean.class)
                        .single()));
  }

  @Override
  public void started(boolean now) {
    TenantScope.acrossTenants(
        () ->
            transactions.call(
                () -> sql.sql("update ray_serve_writer set started = ?").param(now).update()));
  }
}
