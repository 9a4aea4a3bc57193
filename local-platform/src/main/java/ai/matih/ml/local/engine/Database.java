package ai.matih.ml.local.engine;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * One database seen by one role, as a service gets it: {@code DATABASE_URL}, {@code DATABASE_USER},
 * {@code DATABASE_PASSWORD}.
 */
public record Database(Postgres server, String name, String user, String password) {

  public String url() {
    return server.url(name);
  }

  /** The same database through the eyes of another role. */
  public Database as(String role) {
    return server.database(name, role);
  }

  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url(), user, password);
  }

  @Override
  public String toString() {
    return url() + " as " + user;
  }
}
