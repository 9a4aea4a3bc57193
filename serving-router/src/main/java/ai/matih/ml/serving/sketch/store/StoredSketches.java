package ai.matih.ml.serving.sketch.store;

import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.observation.LatencyHistogram;
import ai.matih.ml.serving.sketch.Arm;
import ai.matih.ml.serving.sketch.CountedArm;
import ai.matih.ml.serving.sketch.Reference;
import ai.matih.ml.serving.sketch.Sketches;
import ai.matih.ml.serving.sketch.Tally;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Counts as rows; what they are counted in is stored once per version and files. */
@Repository
class StoredSketches implements Sketches {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int HOUR = (int) Duration.ofHours(1).toSeconds();

  /**
   * In the name of a row that holds an hour of all routers, before the number of its cells. Another
   * release may count in other cells; such counts are kept apart, and are not read.
   */
  private static final String ADDED_UP = "hour-";

  private static final String LOCK = "select pg_try_advisory_xact_lock(hashtext('sketch-tidying'))";

  private final JdbcClient sql;
  private final Transactions transactions;
  private final Set<Arm> known = ConcurrentHashMap.newKeySet();

  StoredSketches(JdbcClient sql, Transactions transactions) {
    this.sql = sql;
    this.transactions = transactions;
  }

  @Override
  public void store(String source, Duration width, List<Slot> slots) {
    List<Arm> named = new ArrayList<>();
    TenantScope.acrossTenants(
        () ->
            transactions.call(
                () -> {
                  for (Slot slot : slots) {
                    if (!known.contains(slot.counted().arm())) {
                      name(slot.counted());
                      named.add(slot.counted().arm());
                    }
                    write(
                        slot.counted().arm(),
                        slot.slot(),
                        source,
                        (int) width.toSeconds(),
                        slot.counted().tally());
                  }
                  return slots.size();
                }));
    known.addAll(named);
  }

  private void name(CountedArm counted) {
    Arm arm = counted.arm();
    sql.sql(
            """
            insert into sketch_reference (tenant, model_id, version, digest, cells) values (?, ?, ?, ?, ?::jsonb)
            on conflict do nothing
            """)
        .params(
            arm.tenant(),
            arm.model().value(),
            arm.version(),
            arm.digest(),
            JSON.writeValueAsString(counted.reference()))
        .update();
    sql.sql("insert into drift_watch (tenant, id) values (?, ?) on conflict do nothing")
        .params(arm.tenant(), arm.model().value())
        .update();
  }

  private void write(Arm arm, Instant slot, String source, int width, Tally tally) {
    sql.sql(
            """
            insert into sketch (tenant, model_id, version, digest, variant, slot, source, seconds, answered, row_count,
              failed, refused, cells, sums, latency)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (tenant, model_id, version, digest, variant, slot, source) do update set
              answered = excluded.answered, row_count = excluded.row_count, failed = excluded.failed,
              refused = excluded.refused, cells = excluded.cells, sums = excluded.sums, latency = excluded.latency
            """)
        .param(arm.tenant())
        .param(arm.model().value())
        .param(arm.version())
        .param(arm.digest())
        .param(arm.variant())
        .param(slot.atOffset(ZoneOffset.UTC))
        .param(source)
        .param(width)
        .param(tally.answered())
        .param(tally.rows())
        .param(tally.failed())
        .param(tally.refused())
        .param(Arrays.stream(tally.cells()).boxed().toArray(Long[]::new))
        .param(Arrays.stream(tally.sums()).boxed().toArray(Double[]::new))
        .param(Arrays.stream(tally.latency().counts()).boxed().toArray(Long[]::new))
        .update();
  }

  @Override
  public Window since(
      ModelId model, Instant from, Optional<Long> version, Optional<String> variant) {
    String tenant = TenantScope.require().slug();
    return transactions.call(
        () -> {
          Map<String, Reference> references = references(model);
          Map<Arm, Tally> tallies = new LinkedHashMap<>();
          Instant[] earliest = {from};
          sql.sql(
                  """
                  select * from sketch where tenant = :tenant and model_id = :model
                    and slot + seconds * interval '1 second' > :from
                    and (:version::bigint is null or version = :version)
                    and (:variant::text is null or variant = :variant)
                  order by version, variant, digest
                  """)
              .param("tenant", tenant)
              .param("model", model.value())
              .param("from", from.atOffset(ZoneOffset.UTC))
              .param("version", version.orElse(null))
              .param("variant", variant.orElse(null))
              .query(
                  row -> {
                    Arm arm = arm(row);
                    Tally tally = tally(row);
                    if (tally.fits(Objects.requireNonNull(references.get(key(arm))))) {
                      tallies.merge(arm, tally, Tally::plus);
                    }
                    Instant slot = row.getTimestamp("slot").toInstant();
                    earliest[0] = slot.isBefore(earliest[0]) ? slot : earliest[0];
                  });
          return new Window(
              earliest[0],
              tallies.entrySet().stream()
                  .map(
                      e ->
                          new CountedArm(
                              e.getKey(),
                              Objects.requireNonNull(references.get(key(e.getKey()))),
                              e.getValue()))
                  .toList());
        });
  }

  private Map<String, Reference> references(ModelId model) {
    Map<String, Reference> references = new HashMap<>();
    sql.sql("select version, digest, cells from sketch_reference where tenant = ? and model_id = ?")
        .params(TenantScope.require().slug(), model.value())
        .query(
            row -> {
              references.put(
                  row.getLong("version") + " " + row.getString("digest"),
                  JSON.readValue(row.getString("cells"), Reference.class));
            });
    return references;
  }

  private static String key(Arm arm) {
    return arm.version() + " " + arm.digest();
  }

  @Override
  public int tidy(Instant settled, Instant kept, int limit) {
    return TenantScope.acrossTenants(
        () ->
            transactions.call(
                () ->
                    Boolean.TRUE.equals(sql.sql(LOCK).query(Boolean.class).single())
                        ? addUp(settled, limit) + letGo(kept, limit)
                        : 0));
  }

  private record Hour(Arm arm, Instant hour, int cells) {

    String source() {
      return ADDED_UP + cells;
    }
  }

  private int addUp(Instant settled, int limit) {
    Map<Hour, Tally> hours = new LinkedHashMap<>();
    int[] rows = {0};
    sql.sql(
            """
            delete from sketch where ctid = any (array(
              select ctid from sketch where seconds < ? and slot + seconds * interval '1 second' < ?
              order by slot limit ? for update))
            returning *
            """)
        .params(HOUR, settled.atOffset(ZoneOffset.UTC), limit)
        .query(
            row -> {
              rows[0]++;
              Instant hour = row.getTimestamp("slot").toInstant();
              Tally tally = tally(row);
              hours.merge(
                  new Hour(
                      arm(row),
                      Instant.ofEpochSecond(hour.getEpochSecond() / HOUR * HOUR),
                      tally.cells().length),
                  tally,
                  Tally::plus);
            });
    hours.forEach(
        (hour, tally) -> {
          Tally before = stored(hour).map(tally::plus).orElse(tally);
          write(hour.arm(), hour.hour(), hour.source(), HOUR, before);
        });
    return rows[0];
  }

  private Optional<Tally> stored(Hour hour) {
    Arm arm = hour.arm();
    return sql.sql(
            """
            select * from sketch where tenant = ? and model_id = ? and version = ? and digest = ? and variant = ?
              and slot = ? and source = ?
            """)
        .params(
            arm.tenant(),
            arm.model().value(),
            arm.version(),
            arm.digest(),
            arm.variant(),
            hour.hour().atOffset(ZoneOffset.UTC),
            hour.source())
        .query((row, _) -> tally(row))
        .optional();
  }

  private int letGo(Instant kept, int limit) {
    return sql.sql(
            "delete from sketch where ctid = any (array(select ctid from sketch where slot < ? limit ?))")
        .params(kept.atOffset(ZoneOffset.UTC), limit)
        .update();
  }

  private static Arm arm(ResultSet row) throws SQLException {
    return new Arm(
        row.getString("tenant"),
        new ModelId(row.getString("model_id")),
        row.getLong("version"),
        row.getString("digest"),
        row.getString("variant"));
  }

  private static Tally tally(ResultSet row) throws SQLException {
    return new Tally(
        row.getLong("answered"),
        row.getLong("row_count"),
        row.getLong("failed"),
        row.getLong("refused"),
        longs(row, "cells"),
        Arrays.stream((Double[]) row.getArray("sums").getArray())
            .mapToDouble(Double::doubleValue)
            .toArray(),
        new LatencyHistogram(longs(row, "latency")));
  }

  private static long[] longs(ResultSet row, String column) throws SQLException {
    return Arrays.stream((Long[]) row.getArray(column).getArray())
        .mapToLong(Long::longValue)
        .toArray();
  }
}
