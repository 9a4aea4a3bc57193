package ai.matih.ml.api.setup;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * Roles, databases and schemas, as far as they are missing. A role that is there gets the password
 * that is known here, so that a changed secret counts after the next run.
 */
final class Databases {

  /** Each has a schema of its own in the services' database. */
  private static final List<String> SERVICES =
      List.of("api", "training", "registry", "features", "serving");

  /** Each owns a whole database. */
  private static final List<String> ENGINES = List.of("mlflow", "feast");

  private final Environment environment;

  Databases(Environment environment) {
    this.environment = environment;
  }

  /** Repeatable. */
  void ensure(PrintStream out) throws SQLException {
    String ml = environment.get("DATABASE_ML");
    try (Connection server = connect("postgres")) {
      for (String role : SERVICES) {
        ensureRole(server, role, out);
      }
      for (String role : ENGINES) {
        ensureRole(server, role, out);
      }
      ensureDatabase(server, ml, administrator(), out);
      for (String engine : ENGINES) {
        ensureDatabase(
            server, environment.get("DATABASE_" + engine.toUpperCase(Locale.ROOT)), engine, out);
      }
    }
    try (Connection database = connect(ml)) {
      for (String role : SERVICES) {
        execute(database, "create schema if not exists %I authorization %I", role, role);
      }
      execute(database, "revoke create on schema public from public");
    }
    out.println("databases and schemas are there");
  }

  private void ensureRole(Connection server, String role, PrintStream out) throws SQLException {
    String password = environment.get("PASSWORD_" + role.toUpperCase(Locale.ROOT));
    boolean known = exists(server, "select 1 from pg_roles where rolname = ?", role);
    execute(
        server,
        (known ? "alter" : "create") + " role %I login nosuperuser nobypassrls password %L",
        role,
        password);
    // An administrator who is no superuser, as clouds give them, may hand objects over only to a
    // role of which he is a member.
    if (!exists(server, "select 1 from pg_roles where rolname = ? and rolsuper", administrator())) {
      execute(server, "grant %I to current_user", role);
    }
    if (!known) {
      out.println("made role " + role);
    }
  }

  private static void ensureDatabase(Connection server, String name, String owner, PrintStream out)
      throws SQLException {
    if (!exists(server, "select 1 from pg_database where datname = ?", name)) {
      execute(server, "create database %I owner %I" + caseOfEveryScript(server), name, owner);
      out.println("made database " + name);
    }
  }

  /**
   * A server's own locale may be C, which knows upper and lower case of ASCII only; then searches
   * find no Ü. PostgreSQL brings a locale of its own since 17.
   */
  private static String caseOfEveryScript(Connection server) throws SQLException {
    return server.getMetaData().getDatabaseMajorVersion() < 17
        ? ""
        : " encoding 'UTF8' template template0 locale_provider builtin builtin_locale 'C.UTF-8'";
  }

  private static boolean exists(Connection connection, String query, String name)
      throws SQLException {
    try (var statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (var rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  /** Runs a statement that takes no parameters; PostgreSQL itself quotes what goes into it. */
  private static void execute(Connection connection, String template, String... values)
      throws SQLException {
    String sql = template;
    if (values.length > 0) {
      String places = ", ?::text".repeat(values.length);
      try (var format = connection.prepareStatement("select format(?::text" + places + ")")) {
        format.setString(1, template);
        for (int i = 0; i < values.length; i++) {
          format.setString(i + 2, values[i]);
        }
        try (var rows = format.executeQuery()) {
          rows.next();
          sql = rows.getString(1);
        }
      }
    }
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String administrator() {
    return environment.get("DATABASE_ADMIN_USER");
  }

  private Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", administrator());
    properties.setProperty("password", environment.get("DATABASE_ADMIN_PASSWORD"));
    properties.setProperty("sslmode", environment.find("DATABASE_SSL_MODE").orElse("prefer"));
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", "60");
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%s/%s"
            .formatted(
                environment.get("DATABASE_HOST"), environment.get("DATABASE_PORT"), database),
        properties);
  }
}
