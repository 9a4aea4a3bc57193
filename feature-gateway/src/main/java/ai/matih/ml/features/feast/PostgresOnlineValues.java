package ai.matih.ml.features.feast;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.online.EntityKey;
import ai.matih.ml.features.online.OnlineValues;
import ai.matih.ml.features.online.StoredValue;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Feast's PostgreSQL online layout: one table per view, one row per entity and feature. */
final class PostgresOnlineValues implements OnlineValues {

  private final FeastDatabase database;

  PostgresOnlineValues(FeastDatabase database) {
    this.database = database;
  }

  @Override
  public List<Optional<List<Map<String, StoredValue>>>> read(Tenant tenant, List<Wanted> wanted) {
    return wanted.stream()
        .map(one -> read(tenant, one.view(), one.keys(), one.features()))
        .toList();
  }

  private Optional<List<Map<String, StoredValue>>> read(
      Tenant tenant, String view, List<EntityKey> keys, List<String> features) {
    // Equal keys are read once and shared.
    Map<ByteBuffer, Map<String, StoredValue>> byKey = HashMap.newHashMap(keys.size());
    List<ByteBuffer> order = new ArrayList<>(keys.size());
    for (EntityKey key : keys) {
      ByteBuffer bytes = ByteBuffer.wrap(EntityKeyBytes.serialize(key));
      order.add(bytes);
      byKey.computeIfAbsent(bytes, _ -> HashMap.newHashMap(features.size()));
    }
    Optional<Boolean> read =
        database.read(connection -> fill(connection, table(tenant, view), byKey, features));
    return read.map(_ -> order.stream().<Map<String, StoredValue>>map(byKey::get).toList());
  }

  private static boolean fill(
      Connection connection,
      String table,
      Map<ByteBuffer, Map<String, StoredValue>> byKey,
      List<String> features)
      throws SQLException {
    byte[][] keys = byKey.keySet().stream().map(ByteBuffer::array).toArray(byte[][]::new);
    Array keyArray = connection.createArrayOf("bytea", keys);
    Array featureArray = connection.createArrayOf("text", features.toArray());
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select entity_key, feature_name, value, event_ts from "
                + table
                + " where entity_key = any(?) and feature_name = any(?)")) {
      statement.setArray(1, keyArray);
      statement.setArray(2, featureArray);
      statement.setFetchSize(0);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Map<String, StoredValue> row = byKey.get(ByteBuffer.wrap(rows.getBytes(1)));
          if (row != null) {
            row.put(
                rows.getString(2),
                new StoredValue(
                    ValueMessages.decode(rows.getBytes(3)),
                    rows.getObject(4, OffsetDateTime.class).toInstant()));
          }
        }
      }
      return true;
    } catch (InvalidProtocolBufferException e) {
      throw new EngineFailure.Misbehaved(
          FeastDatabase.ENGINE, 0, "a stored value is not Feast's: " + e.getMessage());
    } finally {
      keyArray.free();
      featureArray.free();
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
