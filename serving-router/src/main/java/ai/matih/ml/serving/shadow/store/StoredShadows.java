package ai.matih.ml.serving.shadow.store;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.observation.LatencyHistogram;
import ai.matih.ml.serving.shadow.OwnedShadow;
import ai.matih.ml.serving.shadow.Shadow;
import ai.matih.ml.serving.shadow.ShadowCounts;
import ai.matih.ml.serving.shadow.Shadows;
import ai.matih.ml.serving.store.ChangeSignal;
import ai.matih.ml.serving.traffic.Weight;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** A row per shadow, and one for what each start of a router counted of it beside a version. */
@Repository
class StoredShadows implements Shadows {

  private final JdbcClient sql;
  private final Transactions transactions;
  private final ChangeSignal signal;
  private final Audit audit;

  StoredShadows(JdbcClient sql, Transactions transactions, ChangeSignal signal, Audit audit) {
    this.sql = sql;
    this.transactions = transactions;
    this.signal = signal;
    this.audit = audit;
  }

  private static String tenant() {
    return TenantScope.require().slug();
  }

  @Override
  public void save(Shadow shadow) {
    transactions.run(
        () -> {
          sql.sql(
                  """
                  insert into shadow (tenant, id, model_id, version, deployment_id, digest, sample_bps, started_by,
                    started_at, ended_at, ended_because)
                  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                  on conflict (id) do update set
                    ended_at = excluded.ended_at, ended_because = excluded.ended_because
                  """)
              .param(tenant())
              .param(shadow.id())
              .param(shadow.model().value())
              .param(shadow.version())
              .param(shadow.deploymentId())
              .param(shadow.digest())
              .param(shadow.sample().bps())
              .param(shadow.startedBy())
              .param(Timestamp.from(shadow.startedAt()))
              .param(shadow.endedAt().map(Timestamp::from).orElse(null))
              .param(shadow.endedBecause().orElse(null))
              .update();
          audit.record(
              shadow.endedAt().isPresent() ? "shadow.ended" : "shadow.started",
              "models/%s/shadows/%s".formatted(shadow.model(), shadow.id()),
              Map.of("version", shadow.version(), "sample_bps", shadow.sample().bps()));
          signal.send();
        });
  }

  @Override
  public Optional<Shadow> running(String deploymentId) {
    return transactions.call(
        () ->
            sql.sql("select * from shadow where deployment_id = ? and ended_at is null")
                .param(deploymentId)
                .query(StoredShadows::read)
                .optional());
  }

  @Override
  public int running(ModelId model) {
    return transactions.call(
        () ->
            sql.sql(
                    "select count(*) from shadow where tenant = ? and model_id = ? and ended_at is"
                        + " null")
                .params(tenant(), model.value())
                .query(Integer.class)
                .single());
  }

  @Override
  public Optional<Shadow> find(ModelId model, String id) {
    return transactions.call(
        () ->
            sql.sql("select * from shadow where tenant = ? and model_id = ? and id = ?")
                .params(tenant(), model.value(), id)
                .query(StoredShadows::read)
                .optional());
  }

  @Override
  public List<Shadow> list(
      ModelId model, Optional<Long> version, Optional<String> afterId, int limit) {
    return transactions.call(
        () ->
            sql.sql(
                    """
                    select * from shadow s
                    where s.tenant = :tenant and s.model_id = :model
                      and (:version::bigint is null or s.version = :version)
                      and (:after::text is null or (s.started_at, s.id) <
                        (select a.started_at, a.id from shadow a where a.tenant = :tenant and a.id = :after))
                    order by s.started_at desc, s.id desc limit :limit
                    """)
                .param("tenant", tenant())
                .param("model", model.value())
                .param("version", version.orElse(null))
                .param("after", afterId.orElse(null))
                .param("limit", limit)
                .query(StoredShadows::read)
                .list());
  }

  @Override
  public List<OwnedShadow> running() {
    return TenantScope.acrossTenants(
        () ->
            transactions.call(
                () ->
                    sql.sql(
                            """
                            select s.* from shadow s join deployment d on d.id = s.deployment_id
                            where s.ended_at is null and d.state = 'ready'
                            """)
                        .query(
                            (row, number) ->
                                new OwnedShadow(
                                    new Tenant(row.getString("tenant")), read(row, number)))
                        .list()));
  }

  @Override
  public int endWithDeployments(Instant now) {
    return TenantScope.acrossTenants(
        () ->
            transactions.call(
                () ->
                    sql.sql(
                            """
                            update shadow set ended_at = ?, ended_because = 'Its deployment ended.'
                            where ended_at is null and exists (select from deployment d
                              where d.id = shadow.deployment_id and d.state in ('draining', 'stopped', 'failed'))
                            """)
                        .param(Timestamp.from(now))
                        .update()));
  }

  @Override
  public void store(String source, List<Counted> counted) {
    TenantScope.acrossTenants(
        () ->
            transactions.call(
                () -> {
                  for (Counted one : counted) {
                    one.byLiveVersion().forEach((live, counts) -> write(source, one, live, counts));
                  }
                  return counted.size();
                }));
  }

  private void write(String source, Counted counted, long live, ShadowCounts counts) {
    sql.sql(
            """
            insert into shadow_count (tenant, shadow_id, live_version, source, answers, row_count, class_rows, agreed,
              shift_sum, shift_max, failed, incomparable, dropped, live_latency, shadow_latency)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (shadow_id, live_version, source) do update set
              answers = excluded.answers, row_count = excluded.row_count, class_rows = excluded.class_rows,
              agreed = excluded.agreed, shift_sum = excluded.shift_sum, shift_max = excluded.shift_max,
              failed = excluded.failed, incomparable = excluded.incomparable, dropped = excluded.dropped,
              live_latency = excluded.live_latency, shadow_latency = excluded.shadow_latency
            """)
        .param(counted.tenant().slug())
        .param(counted.shadowId())
        .param(live)
        .param(source)
        .param(counts.answers())
        .param(counts.rows())
        .param(counts.classRows())
        .param(counts.agreed())
        .param(counts.shiftSum())
        .param(counts.shiftMax())
        .param(counts.failed())
        .param(counts.incomparable())
        .param(counts.dropped())
        .param(boxed(counts.live()))
        .param(boxed(counts.shadow()))
        .update();
  }

  private static Long[] boxed(LatencyHistogram latency) {
    return Arrays.stream(latency.counts()).boxed().toArray(Long[]::new);
  }

  @Override
  public Map<Long, ShadowCounts> counts(String shadowId) {
    return transactions.call(
        () -> {
          Map<Long, ShadowCounts> sums = new HashMap<>();
          sql.sql("select * from shadow_count where tenant = ? and shadow_id = ?")
              .params(tenant(), shadowId)
              .query(
                  row -> {
                    sums.merge(
                        row.getLong("live_version"),
                        new ShadowCounts(
                            row.getLong("answers"),
                            row.getLong("row_count"),
                            row.getLong("class_rows"),
                            row.getLong("agreed"),
                            row.getDouble("shift_sum"),
                            row.getDouble("shift_max"),
                            row.getLong("failed"),
                            row.getLong("incomparable"),
                            row.getLong("dropped"),
                            latency(row, "live_latency"),
                            latency(row, "shadow_latency")),
                        ShadowCounts::plus);
                  });
          return sums;
        });
  }

  private static LatencyHistogram latency(ResultSet row, String column) throws SQLException {
    return new LatencyHistogram(
        Arrays.stream((Long[]) row.getArray(column).getArray())
            .mapToLong(Long::longValue)
            .toArray());
  }

  private static Shadow read(ResultSet row, int number) throws SQLException {
    return new Shadow(
        row.getString("id"),
        new ModelId(row.getString("model_id")),
        row.getLong("version"),
        row.getString("deployment_id"),
        row.getString("digest"),
        new Weight(row.getInt("sample_bps")),
        row.getString("started_by"),
        row.getTimestamp("started_at").toInstant(),
        Optional.ofNullable(row.getTimestamp("ended_at")).map(Timestamp::toInstant),
        Optional.ofNullable(row.getString("ended_because")));
  }
}
