package ai.matih.ml.features.feast;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.online.EntityKey;
import ai.matih.ml.features.online.OnlineValues;
import ai.matih.ml.features.online.StoredValue;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Feast's Redis online layout: one hash per entity, which all views of the entity share.
 *
 * <p>The hash's key is the entity key followed by the project. A feature's field is a hash of
 * {@code view:feature}; the field {@code _ts:view} has the row's event time, and without it the
 * view has no row of the entity. So one {@code HMGET} per entity reads all views, and one pipeline
 * reads all entities.
 */
final class RedisOnlineValues implements OnlineValues, AutoCloseable {

  private final RedisHashes hashes;

  RedisOnlineValues(RedisHashes hashes) {
    this.hashes = hashes;
  }

  /** The fields of one wanted view: the event time, then the features. */
  private record Row(List<String> features, List<byte[]> fields) {

    static Row of(Wanted wanted) {
      List<byte[]> fields = new ArrayList<>(wanted.features().size() + 1);
      fields.add(("_ts:" + wanted.view()).getBytes(StandardCharsets.UTF_8));
      for (String feature : wanted.features()) {
        fields.add(Murmur3.littleEndian(wanted.view() + ":" + feature));
      }
      return new Row(wanted.features(), fields);
    }
  }

  /** One entity, the rows that are read of it, and then what they hold. */
  private static final class Entity {
    private final ByteBuffer key;
    private final Map<Integer, Map<String, StoredValue>> rows = new LinkedHashMap<>(2);

    Entity(ByteBuffer key) {
      this.key = key;
    }
  }

  @Override
  public List<Optional<List<Map<String, StoredValue>>>> read(Tenant tenant, List<Wanted> wanted) {
    byte[] project = tenant.feastProject().getBytes(StandardCharsets.UTF_8);
    List<Row> rows = wanted.stream().map(Row::of).toList();
    Map<ByteBuffer, Entity> entities = new LinkedHashMap<>();
    List<List<Entity>> asked = new ArrayList<>(wanted.size());
    for (int i = 0; i < wanted.size(); i++) {
      List<Entity> ofView = new ArrayList<>(wanted.get(i).keys().size());
      for (EntityKey key : wanted.get(i).keys()) {
        Entity entity = entities.computeIfAbsent(hashKey(key, project), Entity::new);
        entity.rows.put(i, Map.of());
        ofView.add(entity);
      }
      asked.add(ofView);
    }
    fill(List.copyOf(entities.values()), rows);
    List<Optional<List<Map<String, StoredValue>>>> answer = new ArrayList<>(wanted.size());
    for (int i = 0; i < wanted.size(); i++) {
      List<Map<String, StoredValue>> ofView = new ArrayList<>(asked.get(i).size());
      for (Entity entity : asked.get(i)) {
        ofView.add(entity.rows.getOrDefault(i, Map.of()));
      }
      answer.add(Optional.of(ofView));
    }
    return answer;
  }

  private void fill(List<Entity> entities, List<Row> rows) {
    List<RedisHashes.Fields> questions = new ArrayList<>(entities.size());
    for (Entity entity : entities) {
      List<byte[]> fields = new ArrayList<>();
      entity.rows.keySet().forEach(row -> fields.addAll(rows.get(row).fields()));
      questions.add(new RedisHashes.Fields(entity.key, fields));
    }
    List<List<byte @Nullable []>> answers = hashes.read(questions);
    for (int i = 0; i < entities.size(); i++) {
      int from = 0;
      for (Map.Entry<Integer, Map<String, StoredValue>> entry : entities.get(i).rows.entrySet()) {
        Row row = rows.get(entry.getKey());
        int to = from + row.fields().size();
        entry.setValue(decode(row, answers.get(i).subList(from, to)));
        from = to;
      }
    }
  }

  private static Map<String, StoredValue> decode(Row row, List<byte @Nullable []> values) {
    byte[] time = values.getFirst();
    if (time == null) {
      return Map.of();
    }
    try {
      Timestamp at = Timestamp.parseFrom(time);
      Instant eventTime = Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
      Map<String, StoredValue> stored = HashMap.newHashMap(row.features().size());
      for (int i = 0; i < row.features().size(); i++) {
        byte[] value = values.get(i + 1);
        if (value != null) {
          stored.put(
              row.features().get(i), new StoredValue(ValueMessages.decode(value), eventTime));
        }
      }
      return stored;
    } catch (InvalidProtocolBufferException | DateTimeException e) {
      throw new EngineFailure.Misbehaved(
          RedisHashes.ENGINE, 0, "a stored value is not Feast's: " + e.getMessage());
    }
  }

  /** No separator is needed: an entity key says itself how long it is. */
  private static ByteBuffer hashKey(EntityKey key, byte[] project) {
    byte[] entity = EntityKeyBytes.serialize(key);
    return ByteBuffer.allocate(entity.length + project.length).put(entity).put(project).flip();
  }

  @Override
  public void close() {
    hashes.close();
  }
}
