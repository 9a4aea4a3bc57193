package ai.matih.ml.features.feast;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.online.EntityKeys;
import ai.matih.ml.features.online.OnlineValues;
import ai.matih.ml.features.online.StoredRows;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Feast's PostgreSQL online layout: one table per view, one row per entity and feature. One
 * statement reads all views of a request.
 */
final class PostgresOnlineValues implements OnlineValues {

  private static final byte[] NO_SUFFIX = {};

  private final FeastDatabase database;

  PostgresOnlineValues(FeastDatabase database) {
    this.database = database;
  }

  @Override
  public List<Optional<StoredRows>> read(Tenant tenant, List<Wanted> wanted) {
    IdentityHashMap<EntityKeys, Keys> keys = new IdentityHashMap<>();
    List<View> views = new ArrayList<>(wanted.size());
    for (Wanted one : wanted) {
      views.add(new View(tenant, one, keys.computeIfAbsent(one.keys(), Keys::new)));
    }
    if (database.read(connection -> fill(connection, views)).isPresent()) {
      return views.stream().map(view -> Optional.of(view.rows())).toList();
    }
    // Some table is missing: which?
    return views.stream()
        .map(view -> database.read(connection -> fill(connection, List.of(view))))
        .toList();
  }

  private static StoredRows fill(Connection connection, List<View> views) throws SQLException {
    List<Array> arrays = new ArrayList<>(2 * views.size());
    try (PreparedStatement statement = connection.prepareStatement(sql(views))) {
      for (View view : views) {
        arrays.add(connection.createArrayOf("bytea", view.keys.distinct));
        arrays.add(connection.createArrayOf("text", view.features));
      }
      for (int i = 0; i < arrays.size(); i++) {
        statement.setArray(i + 1, arrays.get(i));
      }
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          views
              .get(found.getInt(1))
              .put(
                  found.getBytes(2),
                  found.getString(3),
                  found.getBytes(4),
                  found.getObject(5, OffsetDateTime.class));
        }
      }
      views.forEach(View::repeatEqualRows);
      return views.getFirst().rows();
    } catch (InvalidProtocolBufferException e) {
      throw new EngineFailure.Misbehaved(
          FeastDatabase.ENGINE, 0, "a stored value is not Feast's: " + e.getMessage());
    } finally {
      for (Array array : arrays) {
        array.free();
      }
    }
  }

  private static String sql(List<View> views) {
    StringBuilder sql = new StringBuilder(200 * views.size());
    for (int i = 0; i < views.size(); i++) {
      sql.append(i == 0 ? "" : " union all ")
          .append("select ")
          .append(i)
          .append(", entity_key, feature_name, value, event_ts from ")
          .append(views.get(i).table)
          .append(" where entity_key = any(?) and feature_name = any(?)");
    }
    return sql.toString();
  }

  /** The keys of rows; equal ones are asked for once. */
  private static final class Keys {
    private final byte[][] distinct;

    /** The first row with this key. */
    private final Map<ByteBuffer, Integer> firstRows;

    /** For each row the first one with the same key. */
    private final int[] sameAs;

    Keys(EntityKeys keys) {
      byte[][] serialized = EntityKeyBytes.serialize(keys, NO_SUFFIX);
      firstRows = HashMap.newHashMap(serialized.length);
      sameAs = new int[serialized.length];
      List<byte[]> different = new ArrayList<>(serialized.length);
      for (int row = 0; row < serialized.length; row++) {
        Integer first = firstRows.putIfAbsent(ByteBuffer.wrap(serialized[row]), row);
        sameAs[row] = first == null ? row : first;
        if (first == null) {
          different.add(serialized[row]);
        }
      }
      distinct = different.toArray(byte[][]::new);
    }
  }

  /** One wanted view, and what was found of it. */
  private static final class View {
    private final String table;
    private final Keys keys;
    private final String[] features;
    private final Map<String, Integer> columns;
    private final StoredRows rows;
    private Instant lastTime = Instant.EPOCH;
    private @Nullable OffsetDateTime lastWritten;

    View(Tenant tenant, Wanted wanted, Keys keys) {
      this.table = table(tenant, wanted.view());
      this.keys = keys;
      this.features = wanted.features().toArray(String[]::new);
      this.columns = HashMap.newHashMap(features.length);
      for (int i = 0; i < features.length; i++) {
        columns.put(features[i], i);
      }
      this.rows = new StoredRows(keys.sameAs.length, features.length);
    }

    StoredRows rows() {
      return rows;
    }

    void put(byte[] key, String feature, byte[] value, OffsetDateTime at)
        throws InvalidProtocolBufferException {
      Integer row = keys.firstRows.get(ByteBuffer.wrap(key));
      Integer column = columns.get(feature);
      if (row != null && column != null) {
        // The features of an entity were written together, as a rule.
        if (!at.equals(lastWritten)) {
          lastWritten = at;
          lastTime = at.toInstant();
        }
        rows.put(row, column, ValueMessages.decode(value), lastTime);
      }
    }

    void repeatEqualRows() {
      if (keys.distinct.length < keys.sameAs.length) {
        for (int row = 0; row < keys.sameAs.length; row++) {
          if (keys.sameAs[row] != row) {
            rows.copyRow(keys.sameAs[row], row);
          }
        }
      }
    }
  }

  /** As Feast names it; the schema is one per project. */
  static String table(Tenant tenant, String view) {
    String project = tenant.feastProject();
    return quoted("online_" + project) + "." + quoted(project + "_" + view);
  }

  private static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }
}
