package ai.matih.ml.common.tenant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Tells PostgreSQL at the start of each transaction whose rows are visible in it.
 *
 * <p>The setting ends with the transaction, so a pooled connection never carries it over.
 *
 * <p>It must not throw: a transaction whose begin was announced in vain is never cleaned up and
 * stays with its thread. Where the setting fails the connection is dead or no row is visible, and
 * nothing can be committed.
 */
public final class RowSecurity implements TransactionExecutionListener {

  private static final Logger log = LoggerFactory.getLogger(RowSecurity.class);

  private final DataSource database;

  public RowSecurity(DataSource database) {
    this.database = database;
  }

  @Override
  public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
    String tenant = TenantScope.raw();
    if (failure != null || tenant == null) {
      return;
    }
    Connection connection = DataSourceUtils.getConnection(database);
    try (PreparedStatement statement =
        connection.prepareStatement("select set_config('app.tenant', ?, true)")) {
      statement.setString(1, tenant);
      statement.execute();
    } catch (SQLException e) {
      log.warn("the transaction's tenant cannot be set: {}", e.getMessage());
      transaction.setRollbackOnly();
    } finally {
      DataSourceUtils.releaseConnection(connection, database);
    }
  }
}
