package ai.matih.ml.features.feast;

import ai.matih.ml.common.http.EngineFailure;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;

/**
 * Read-only connections to Feast's database. Not a {@code DataSource} bean, so that it is never
 * taken for the service's own database.
 */
final class FeastDatabase implements AutoCloseable {

  static final String ENGINE = "feast-database";

  private static final String UNDEFINED_TABLE = "42P01";
  private static final String UNDEFINED_SCHEMA = "3F000";

  private final HikariDataSource pool;

  FeastDatabase(FeastSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("feast");
    config.setJdbcUrl(settings.databaseUrl());
    config.setUsername(settings.databaseUser());
    config.setPassword(settings.databasePassword());
    config.setMaximumPoolSize(settings.poolSize());
    config.setMinimumIdle(1);
    config.setReadOnly(true);
    config.setConnectionTimeout(Duration.ofSeconds(3).toMillis());
    config.setValidationTimeout(Duration.ofSeconds(2).toMillis());
    config.setMaxLifetime(Duration.ofMinutes(20).toMillis());
    // The service starts without Feast; it answers 503 for what needs it.
    config.setInitializationFailTimeout(-1);
    config.addDataSourceProperty("ApplicationName", "feature-gateway");
    config.addDataSourceProperty("connectTimeout", "3");
    config.addDataSourceProperty("socketTimeout", "15");
    this.pool = new HikariDataSource(config);
  }

  /** One piece of reading on one connection. */
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /**
   * Reads. Empty when a table that the work names does not exist.
   *
   * @throws EngineFailure.Unavailable when the database is away
   */
  <T> Optional<T> read(Work<T> work) {
    try (Connection connection = pool.getConnection()) {
      return Optional.of(work.on(connection));
    } catch (SQLTransientConnectionException e) {
      throw new EngineFailure.Unavailable(ENGINE, e);
    } catch (SQLException e) {
      String state = e.getSQLState() == null ? "" : e.getSQLState();
      if (state.equals(UNDEFINED_TABLE) || state.equals(UNDEFINED_SCHEMA)) {
        return Optional.empty();
      }
      if (state.startsWith("08") || state.startsWith("57") || state.startsWith("53")) {
        throw new EngineFailure.Unavailable(ENGINE, e);
      }
      throw new EngineFailure.Misbehaved(ENGINE, 0, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
