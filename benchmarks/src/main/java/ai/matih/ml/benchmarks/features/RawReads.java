package ai.matih.ml.benchmarks.features;

import ai.matih.ml.benchmarks.platform.Platform;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/** The reads of a request with the PostgreSQL driver and nothing else, on one thread. */
final class RawReads implements AutoCloseable {

  private static final byte[] KEY_NAME = "bench_user_id".getBytes(StandardCharsets.UTF_8);

  private final Connection connection;
  private final PreparedStatement statement;
  private final int views;
  private final int users;
  private final String[] features = BenchViews.features().toArray(String[]::new);
  private long seen;

  RawReads(Platform.Local local, int views, int users) throws IOException {
    this.views = views;
    this.users = users;
    try {
      Properties settings = new Properties();
      settings.setProperty("user", "postgres");
      settings.setProperty("password", local.databasePassword());
      connection =
          DriverManager.getConnection("jdbc:" + local.address("postgres") + "/feast", settings);
      statement = connection.prepareStatement(sql(views));
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private static String sql(int views) {
    StringBuilder sql = new StringBuilder();
    for (int view = 0; view < views; view++) {
      sql.append(view == 0 ? "" : " union all ")
          .append("select entity_key, feature_name, value, event_ts from ")
          .append("online_default.default_")
          .append(BenchViews.view(view))
          .append(" where entity_key = any(?) and feature_name = any(?)");
    }
    return sql.toString();
  }

  /** Processor time of one request's reads, measured for a while after a warm-up. */
  double cpuMicros(Duration warmUp, Duration time) throws IOException {
    try {
      var _ = readFor(warmUp);
      var threads = ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadCpuTime();
      int reads = readFor(time);
      return (threads.getCurrentThreadCpuTime() - before) / 1e3 / reads;
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private int readFor(Duration time) throws SQLException {
    long end = System.nanoTime() + time.toNanos();
    int reads = 0;
    while (System.nanoTime() < end) {
      int expected = views * users * features.length;
      if (read(reads * users) != expected) {
        throw new IllegalStateException("not all values were there");
      }
      reads++;
    }
    return reads;
  }

  private int read(int first) throws SQLException {
    byte[][] keys = new byte[users][];
    for (int i = 0; i < users; i++) {
      keys[i] = key((first + i) % BenchViews.USERS);
    }
    Array keyArray = connection.createArrayOf("bytea", keys);
    Array featureArray = connection.createArrayOf("text", features);
    for (int view = 0; view < views; view++) {
      statement.setArray(2 * view + 1, keyArray);
      statement.setArray(2 * view + 2, featureArray);
    }
    int values = 0;
    try (ResultSet found = statement.executeQuery()) {
      while (found.next()) {
        seen += found.getBytes(1).length + found.getString(2).length() + found.getBytes(3).length;
        seen += found.getTimestamp(4).getTime();
        values++;
      }
    }
    return values;
  }

  /** As Feast writes the key of one whole number. */
  private static byte[] key(long user) {
    return ByteBuffer.allocate(28 + KEY_NAME.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(1)
        .putInt(2)
        .putInt(KEY_NAME.length)
        .put(KEY_NAME)
        .putInt(4)
        .putInt(8)
        .putLong(user)
        .array();
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException(e);
    }
    if (seen == 0) {
      throw new IllegalStateException("nothing was read");
    }
  }
}
