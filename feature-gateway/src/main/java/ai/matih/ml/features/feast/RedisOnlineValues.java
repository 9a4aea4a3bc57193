package ai.matih.ml.features.feast;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.online.EntityKeys;
import ai.matih.ml.features.online.OnlineValues;
import ai.matih.ml.features.online.StoredRows;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
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

  private static final int KEPT_FIELDS = 1_000;

  private final RedisHashes hashes;
  private final Cache<Selected, List<byte[]>> fields =
      Caffeine.newBuilder().maximumSize(KEPT_FIELDS).build();

  RedisOnlineValues(RedisHashes hashes) {
    this.hashes = hashes;
  }

  private record Selected(String view, List<String> features) {}

  /**
   * Views with the same keys.
   *
   * @param keys as bytes
   * @param views their places among the wanted
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Group(byte[][] keys, List<Integer> views) {}

  /** One hash, and the rows that are about its entity. */
  private record Entity(Group group, List<Integer> rows) {}

  @Override
  public List<Optional<StoredRows>> read(Tenant tenant, List<Wanted> wanted) {
    byte[] project = tenant.feastProject().getBytes(StandardCharsets.UTF_8);
    // No separator is needed: an entity key says itself how long it is.
    IdentityHashMap<EntityKeys, Group> groups = new IdentityHashMap<>();
    List<Group> inOrder = new ArrayList<>();
    List<StoredRows> stored = new ArrayList<>(wanted.size());
    for (int i = 0; i < wanted.size(); i++) {
      Wanted one = wanted.get(i);
      stored.add(new StoredRows(one.keys().size(), one.features().size()));
      Group group = groups.get(one.keys());
      if (group == null) {
        group = new Group(EntityKeyBytes.serialize(one.keys(), project), new ArrayList<>());
        groups.put(one.keys(), group);
        inOrder.add(group);
      }
      group.views().add(i);
    }
    List<Entity> entities = new ArrayList<>();
    List<RedisHashes.Fields> questions = new ArrayList<>();
    for (Group group : inOrder) {
      List<byte[]> names = new ArrayList<>();
      group.views().forEach(view -> names.addAll(fields(wanted.get(view))));
      Map<ByteBuffer, Entity> distinct = LinkedHashMap.newLinkedHashMap(group.keys().length);
      for (int row = 0; row < group.keys().length; row++) {
        ByteBuffer key = ByteBuffer.wrap(group.keys()[row]);
        Entity entity = distinct.get(key);
        if (entity == null) {
          entity = new Entity(group, new ArrayList<>(1));
          distinct.put(key, entity);
          questions.add(new RedisHashes.Fields(group.keys()[row], names));
        }
        entity.rows().add(row);
      }
      entities.addAll(distinct.values());
    }
    List<List<byte @Nullable []>> answers = hashes.read(questions);
    for (int i = 0; i < entities.size(); i++) {
      fill(entities.get(i), answers.get(i), wanted, stored);
    }
    return stored.stream().map(Optional::of).toList();
  }

  /** The event time, then the features. */
  private List<byte[]> fields(Wanted wanted) {
    return fields.get(
        new Selected(wanted.view(), wanted.features()),
        selected -> {
          List<byte[]> names = new ArrayList<>(selected.features().size() + 1);
          names.add(("_ts:" + selected.view()).getBytes(StandardCharsets.UTF_8));
          for (String feature : selected.features()) {
            names.add(Murmur3.littleEndian(selected.view() + ":" + feature));
          }
          return List.copyOf(names);
        });
  }

  private static void fill(
      Entity entity, List<byte @Nullable []> values, List<Wanted> wanted, List<StoredRows> stored) {
    int from = 0;
    for (int view : entity.group().views()) {
      int features = wanted.get(view).features().size();
      int row = entity.rows().getFirst();
      decode(values.subList(from, from + features + 1), row, stored.get(view));
      for (int same : entity.rows()) {
        if (same != row) {
          stored.get(view).copyRow(row, same);
        }
      }
      from += features + 1;
    }
  }

  private static void decode(List<byte @Nullable []> values, int row, StoredRows to) {
    byte[] time = values.getFirst();
    if (time == null) {
      return;
    }
    try {
      Timestamp at = Timestamp.parseFrom(time);
      Instant eventTime = Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
      for (int column = 0; column < values.size() - 1; column++) {
        byte[] value = values.get(column + 1);
        if (value != null) {
          to.put(row, column, ValueMessages.decode(value), eventTime);
        }
      }
    } catch (InvalidProtocolBufferException | DateTimeException e) {
      throw new EngineFailure.Misbehaved(
          RedisHashes.ENGINE, 0, "a stored value is not Feast's: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    hashes.close();
  }
}
