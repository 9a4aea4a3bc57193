package ai.matih.ml.local.engine;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.random.RandomGenerator;

/**
 * A PostgreSQL server seen as its administrator.
 *
 * @param passwords of the roles that own one schema each, by role name
 */
public record Postgres(
    String host, int port, String user, String password, Map<String, String> passwords) {

  /** One role, and in every database one schema of the same name, per service. */
  public static final List<String> SERVICE_ROLES =
      List.of("api", "training", "registry", "features", "serving");

  /**
   * All roles of a platform: the services', and the owners of the databases of MLflow and Feast.
   */
  public static final List<String> ROLES =
      List.of("api", "training", "registry", "features", "serving", "mlflow", "feast");

  public Postgres {
    passwords = Map.copyOf(passwords);
  }

  @Override
  public String toString() {
    return "PostgreSQL at " + host + ":" + port;
  }

  public String url(String database) {
    return "jdbc:postgresql://%s:%d/%s".formatted(host, port, database);
  }

  /** A database of a unique name in which every service role owns its schema. */
  public Database freshDatabase(String role) {
    var bytes = new byte[6];
    RandomGenerator.getDefault().nextBytes(bytes);
    var name = "t_" + HexFormat.of().formatHex(bytes);
    ensureServiceDatabase(name);
    return database(name, role);
  }

  /** The view that one role has of a database. */
  public Database database(String name, String role) {
    var secret = role.equals(user) ? password : passwords.get(role);
    if (secret == null) {
      throw new IllegalArgumentException("No role " + role + " among " + passwords.keySet());
    }
    return new Database(this, name, role, secret);
  }

  /** Creates roles, database and schemas as far as they are missing. Repeatable. */
  public void ensureServiceDatabase(String name) {
    for (var role : SERVICE_ROLES) {
      ensureRole(role);
    }
    ensureDatabase(name, user);
    for (var role : SERVICE_ROLES) {
      execute(name, "CREATE SCHEMA IF NOT EXISTS " + role + " AUTHORIZATION " + role);
    }
    execute(name, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  }

  /** Creates a role that may log in, or gives an existing one the password we know. */
  public void ensureRole(String role) {
    var secret = passwords.get(role);
    if (secret == null) {
      throw new IllegalArgumentException("No password known for role " + role);
    }
    var verb = exists("SELECT 1 FROM pg_roles WHERE rolname = ?", role) ? "ALTER" : "CREATE";
    execute("postgres", "%s ROLE %s LOGIN PASSWORD '%s'".formatted(verb, role, secret));
  }

  /** It knows upper and lower case of every script, which the locale C does not. */
  public void ensureDatabase(String name, String owner) {
    if (!exists("SELECT 1 FROM pg_database WHERE datname = ?", name)) {
      execute(
          "postgres",
          "CREATE DATABASE %s OWNER %s TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
              .formatted(name, owner));
    }
  }

  /** Runs one statement as administrator. */
  public void execute(String database, String statement) {
    try (var connection = connect(database);
        var sql = connection.createStatement()) {
      sql.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(
          "PostgreSQL refused in database " + database + ": " + e.getMessage(), e);
    }
  }

  /** True when the server lets the administrator in. */
  public boolean answers() {
    try (var connection = connect("postgres")) {
      return connection.isValid(5);
    } catch (SQLException _) {
      return false;
    }
  }

  private boolean exists(String query, String name) {
    try (var connection = connect("postgres");
        var statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (var rows = statement.executeQuery()) {
        return rows.next();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL refused: " + e.getMessage(), e);
    }
  }

  private Connection connect(String database) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", "60");
    return DriverManager.getConnection(url(database), properties);
  }
}
