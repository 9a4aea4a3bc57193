package ai.matih.ml.features.feast;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.features.definition.Definitions;
import ai.matih.ml.features.definition.DefinitionsSource;
import ai.matih.ml.features.definition.EntityDefinition;
import com.google.protobuf.InvalidProtocolBufferException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Feast's SQL registry, read directly.
 *
 * <p>A project's definitions are kept and compared with the registry at most once per interval by
 * one small query over row versions, so definitions made by any Feast client are seen at once and
 * serving does not parse them again and again. When the registry is away, the last known
 * definitions stay in use.
 */
final class FeastRegistry implements DefinitionsSource {

  private static final String FINGERPRINT =
      """
      select coalesce(md5(string_agg(kind || name || ':' || version, ',' order by kind, name)), '')
      from (
        select 'e' kind, entity_name name, xmin::text version from public.entities where project_id = ?
        union all
        select 'd', data_source_name, xmin::text from public.data_sources where project_id = ?
        union all
        select 'f', feature_view_name, xmin::text from public.feature_views where project_id = ?
        union all
        select 's', feature_view_name, xmin::text from public.stream_feature_views where project_id = ?
        union all
        select 'o', feature_view_name, xmin::text from public.on_demand_feature_views where project_id = ?
        union all
        select 'v', feature_service_name, xmin::text from public.feature_services where project_id = ?
      ) row_versions
      """;

  private final FeastDatabase database;
  private final long intervalNanos;
  private final LongSupplier nanoTime;
  private final Map<String, Known> projects = new ConcurrentHashMap<>();

  FeastRegistry(FeastDatabase database, Duration checkInterval, LongSupplier nanoTime) {
    this.database = database;
    this.intervalNanos = checkInterval.toNanos();
    this.nanoTime = nanoTime;
  }

  @Override
  public Definitions of(Tenant tenant) {
    return known(tenant).current(false);
  }

  @Override
  public Definitions fresh(Tenant tenant) {
    return known(tenant).current(true);
  }

  private Known known(Tenant tenant) {
    return projects.computeIfAbsent(tenant.feastProject(), Known::new);
  }

  private final class Known {
    private final String project;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Snapshot snapshot;

    Known(String project) {
      this.project = project;
    }

    Definitions current(boolean now) {
      Snapshot before = snapshot;
      if (before != null && !now) {
        if (nanoTime.getAsLong() - before.checkedAt < intervalNanos) {
          return before.definitions;
        }
        // One thread looks; the others go on with what is known.
        if (!reading.tryLock()) {
          return before.definitions;
        }
      } else {
        reading.lock();
      }
      try {
        return refreshed(snapshot, now);
      } finally {
        reading.unlock();
      }
    }

    private Definitions refreshed(@Nullable Snapshot before, boolean now) {
      try {
        Definitions definitions =
            database
                .read(connection -> load(connection, project, before))
                .orElseGet(() -> Definitions.none(project));
        snapshot = new Snapshot(definitions, nanoTime.getAsLong());
        return definitions;
      } catch (EngineFailure.Unavailable away) {
        if (before == null || now) {
          throw away;
        }
        snapshot = new Snapshot(before.definitions, nanoTime.getAsLong());
        return before.definitions;
      }
    }
  }

  private record Snapshot(Definitions definitions, long checkedAt) {}

  private static Definitions load(Connection connection, String project, @Nullable Snapshot before)
      throws SQLException {
    String fingerprint = fingerprint(connection, project);
    if (before != null && before.definitions.fingerprint().equals(fingerprint)) {
      return before.definitions;
    }
    try {
      var entities =
          rows(
              connection,
              project,
              "entities",
              "entity",
              RegistryMessages::entity,
              EntityDefinition::name);
      entities.remove(EntityDefinition.NOTHING);
      var views =
          rows(
              connection,
              project,
              "feature_views",
              "feature_view",
              RegistryMessages::view,
              v -> v.name());
      views.putAll(
          rows(
              connection,
              project,
              "stream_feature_views",
              "feature_view",
              RegistryMessages::streamView,
              v -> v.name()));
      views.putAll(
          rows(
              connection,
              project,
              "on_demand_feature_views",
              "feature_view",
              RegistryMessages::onDemandView,
              v -> v.name()));
      return new Definitions(
          project,
          fingerprint,
          entities,
          rows(
              connection,
              project,
              "data_sources",
              "data_source",
              RegistryMessages::source,
              s -> s.name()),
          views,
          rows(
              connection,
              project,
              "feature_services",
              "feature_service",
              RegistryMessages::service,
              s -> s.name()));
    } catch (InvalidProtocolBufferException e) {
      throw new EngineFailure.Misbehaved(
          FeastDatabase.ENGINE, 0, "a registry row is not Feast's: " + e.getMessage());
    }
  }

  private static String fingerprint(Connection connection, String project) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FINGERPRINT)) {
      for (int i = 1; i <= 6; i++) {
        statement.setString(i, project);
      }
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return Optional.ofNullable(rows.getString(1)).orElse("");
      }
    }
  }

  private interface Parser<T> {
    T parse(byte[] message) throws InvalidProtocolBufferException;
  }

  private static <T> Map<String, T> rows(
      Connection connection,
      String project,
      String table,
      String column,
      Parser<T> parser,
      Function<T, String> name)
      throws SQLException, InvalidProtocolBufferException {
    Map<String, T> found = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select " + column + "_proto from public." + table + " where project_id = ?")) {
      statement.setString(1, project);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          T parsed = parser.parse(rows.getBytes(1));
          found.put(name.apply(parsed), parsed);
        }
      }
    }
    return found;
  }
}
