package ai.matih.ml.training.dataset.duckdb;

import ai.matih.ml.training.dataset.DatasetSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * One private in-memory database for one reading.
 *
 * <p>It may open exactly the given files, loads no extension, and cannot be configured any further:
 * a hostile file meets a reader that has nowhere to go.
 */
final class Reader implements AutoCloseable {

  private final Connection connection;
  private final int timeoutSeconds;

  /**
   * @param folder for what does not fit into the memory limit
   * @param files all that it may read and write
   */
  Reader(DatasetSettings settings, Path folder, List<Path> files) throws SQLException {
    Properties limits = new Properties();
    limits.setProperty("autoinstall_known_extensions", "false");
    limits.setProperty("autoload_known_extensions", "false");
    limits.setProperty("memory_limit", settings.readerMemory().toBytes() + "B");
    limits.setProperty("threads", "1");
    limits.setProperty("temp_directory", text(folder.resolve("spill")));
    limits.setProperty("max_temp_directory_size", settings.maxSize().toBytes() * 4 + "B");
    timeoutSeconds = (int) settings.readTimeout().toSeconds();
    connection = DriverManager.getConnection("jdbc:duckdb:", limits);
    try {
      run("set TimeZone = 'UTC'");
      run(
          "set allowed_paths = [%s]"
              .formatted(files.stream().map(Reader::quoted).collect(Collectors.joining(", "))));
      run("set enable_external_access = false");
      run("set lock_configuration = true");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Reads one row of an answer. */
  interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  <T> List<T> query(String sql, Row<T> row) throws SQLException {
    try (Statement statement = statement();
        ResultSet answer = statement.executeQuery(sql)) {
      List<T> rows = new ArrayList<>();
      while (answer.next()) {
        rows.add(row.of(answer));
      }
      return rows;
    }
  }

  void run(String sql) throws SQLException {
    try (Statement statement = statement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  static String quoted(Path path) {
    return quoted(text(path));
  }

  static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private Statement statement() throws SQLException {
    Statement statement = connection.createStatement();
    statement.setQueryTimeout(timeoutSeconds);
    return statement;
  }

  private static String text(Path path) {
    return path.toAbsolutePath().toString();
  }
}
