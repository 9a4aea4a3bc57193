package ai.matih.ml.serving.rollout.store;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.rollout.GradualRollout;
import ai.matih.ml.serving.rollout.GradualRollout.Moved;
import ai.matih.ml.serving.rollout.GradualRollouts;
import ai.matih.ml.serving.rollout.OwnedRollout;
import ai.matih.ml.serving.store.ChangeSignal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Roll-outs as documents; the schema allows one open row per model. */
@Repository
class StoredRollouts implements GradualRollouts {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final JdbcClient sql;
  private final Transactions transactions;
  private final ChangeSignal signal;
  private final Audit audit;

  StoredRollouts(JdbcClient sql, Transactions transactions, ChangeSignal signal, Audit audit) {
    this.sql = sql;
    this.transactions = transactions;
    this.signal = signal;
    this.audit = audit;
  }

  @Override
  public Optional<GradualRollout> find(ModelId model, String id) {
    return transactions.call(
        () ->
            sql.sql("select document from rollout where tenant = ? and model_id = ? and id = ?")
                .params(tenant(), model.value(), id)
                .query((row, _) -> read(row))
                .optional());
  }

  @Override
  public Optional<GradualRollout> open(ModelId model) {
    return transactions.call(
        () ->
            sql.sql(
                    """
                    select document from rollout
                    where tenant = ? and model_id = ? and state in ('waiting', 'running', 'paused')
                    """)
                .params(tenant(), model.value())
                .query((row, _) -> read(row))
                .optional());
  }

  @Override
  public List<GradualRollout> list(ModelId model, Optional<String> afterId, int limit) {
    Map<String, Object> values = new HashMap<>();
    StringBuilder query =
        new StringBuilder(
            "select document from rollout r where r.tenant = :tenant and r.model_id = :model");
    values.put("tenant", tenant());
    values.put("model", model.value());
    afterId.ifPresent(
        after -> {
          query.append(
              """
               and (r.requested_at, r.id) < (select a.requested_at, a.id from rollout a
                                             where a.tenant = :tenant and a.id = :after)
              """);
          values.put("after", after);
        });
    query.append(" order by r.requested_at desc, r.id desc limit :limit");
    values.put("limit", limit);
    return transactions.call(
        () -> sql.sql(query.toString()).params(values).query((row, _) -> read(row)).list());
  }

  @Override
  public void add(GradualRollout rollout) {
    sql.sql(
            """
            insert into rollout (tenant, id, model_id, version, deployment_id, state, document, requested_at)
            values (?, ?, ?, ?, ?, ?, ?::jsonb, ?)
            """)
        .param(tenant())
        .param(rollout.id())
        .param(rollout.model().value())
        .param(rollout.version())
        .param(rollout.deploymentId())
        .param(rollout.state().wireName())
        .param(JSON.writeValueAsString(rollout))
        .param(utc(rollout.requestedAt()))
        .update();
    audit.record(
        "rollout.requested",
        path(rollout),
        Map.of(
            "version",
            rollout.version(),
            "digest",
            rollout.digest(),
            "weights_bps",
            rollout.design().steps().stream().map(step -> step.weight().bps()).toList()));
    signal.send();
  }

  @Override
  public void save(GradualRollout rollout) {
    long before =
        sql.sql(
                """
                select jsonb_array_length(document -> 'history') from rollout where tenant = ? and id = ? for update
                """)
            .params(tenant(), rollout.id())
            .query(Long.class)
            .single();
    sql.sql("update rollout set state = ?, document = ?::jsonb where tenant = ? and id = ?")
        .params(
            rollout.state().wireName(), JSON.writeValueAsString(rollout), tenant(), rollout.id())
        .update();
    List<Moved> moves = rollout.history();
    moves.subList((int) before, moves.size()).forEach(move -> recorded(rollout, move));
  }

  private void recorded(GradualRollout rollout, Moved move) {
    audit.record(
        "rollout." + move.move().wireName(),
        path(rollout),
        Map.of(
            "version",
            rollout.version(),
            "digest",
            rollout.digest(),
            "step",
            move.step() + 1,
            "weight_bps",
            move.weight().bps(),
            "by",
            move.by(),
            "reason",
            move.reason()));
    signal.send();
  }

  @Override
  public List<OwnedRollout> due(Instant lookedBefore, Instant now, int limit) {
    return sql.sql(
            """
            update rollout set looked_at = ? where id in (
              select id from rollout
              where state in ('waiting', 'running', 'paused') and (looked_at is null or state = 'waiting' or looked_at < ?)
              order by looked_at nulls first limit ? for update skip locked)
            returning tenant, document
            """)
        .params(utc(now), utc(lookedBefore), limit)
        .query((row, _) -> new OwnedRollout(new Tenant(row.getString("tenant")), read(row)))
        .list();
  }

  private static String path(GradualRollout rollout) {
    return "models/" + rollout.model() + "/rollouts/" + rollout.id();
  }

  private static GradualRollout read(ResultSet row) throws SQLException {
    return JSON.readValue(row.getString("document"), GradualRollout.class);
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static String tenant() {
    return TenantScope.require().slug();
  }
}
