package ai.matih.ml.serving.deployment.store;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.Stage;
import ai.matih.ml.serving.deployment.Deployment;
import ai.matih.ml.serving.deployment.DeploymentState;
import ai.matih.ml.serving.deployment.Deployments;
import ai.matih.ml.serving.deployment.InputRules;
import ai.matih.ml.serving.deployment.OwnedDeployment;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.EngineName;
import ai.matih.ml.serving.engine.Hosting;
import ai.matih.ml.serving.rollout.RolloutPlan;
import ai.matih.ml.serving.rollout.RolloutPlan.Strategy;
import ai.matih.ml.serving.rollout.RolloutStep;
import ai.matih.ml.serving.store.ChangeSignal;
import ai.matih.ml.serving.traffic.DeployedTarget;
import ai.matih.ml.serving.traffic.Targets;
import ai.matih.ml.serving.traffic.Weight;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Deployments as rows; the schema allows one living row per version. */
@Repository
class StoredDeployments implements Deployments, Targets {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final JdbcClient sql;
  private final Transactions transactions;
  private final ChangeSignal signal;
  private final Audit audit;

  StoredDeployments(JdbcClient sql, Transactions transactions, ChangeSignal signal, Audit audit) {
    this.sql = sql;
    this.transactions = transactions;
    this.signal = signal;
    this.audit = audit;
  }

  @Override
  public Optional<Deployment> find(String id) {
    return transactions.call(
        () ->
            sql.sql("select * from deployment where tenant = ? and id = ?")
                .params(tenant(), id)
                .query((row, _) -> read(row))
                .optional());
  }

  @Override
  public Optional<Deployment> active(ModelId model, long version) {
    return sql.sql(
            """
            select * from deployment
            where tenant = ? and model_id = ? and version = ? and state not in ('stopped', 'failed')
            """)
        .params(tenant(), model.value(), version)
        .query((row, _) -> read(row))
        .optional();
  }

  @Override
  public List<Deployment> ofVersion(ModelId model, long version) {
    return transactions.call(
        () ->
            sql.sql(
                    """
                    select * from deployment where tenant = ? and model_id = ? and version = ?
                    order by requested_at desc, id limit 100
                    """)
                .params(tenant(), model.value(), version)
                .query((row, _) -> read(row))
                .list());
  }

  @Override
  public List<Deployment> list(Filter filter, Optional<String> afterId, int limit) {
    Map<String, Object> values = new HashMap<>();
    StringBuilder query = new StringBuilder("select * from deployment d where d.tenant = :tenant");
    values.put("tenant", tenant());
    filter
        .model()
        .ifPresent(
            model -> {
              query.append(" and d.model_id = :model");
              values.put("model", model.value());
            });
    filter
        .state()
        .ifPresent(
            state -> {
              query.append(" and d.state = :state");
              values.put("state", state.wireName());
            });
    afterId.ifPresent(
        after -> {
          query.append(
              """
               and (d.requested_at, d.id) < (select a.requested_at, a.id from deployment a
                                             where a.tenant = :tenant and a.id = :after)
              """);
          values.put("after", after);
        });
    query.append(" order by d.requested_at desc, d.id desc limit :limit");
    values.put("limit", limit);
    return transactions.call(
        () -> sql.sql(query.toString()).params(values).query((row, _) -> read(row)).list());
  }

  @Override
  public void add(Deployment d) {
    sql.sql(
            """
            insert into deployment (tenant, id, model_id, version, engine, state, stage, artifact_uri, digest, files, proven, hosting, inputs,
              strategy, wish, wish_bps, reason, requested_by, requested_at, state_since)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?::jsonb, ?::jsonb, ?, ?, ?, ?, ?, ?, ?)
            """)
        .param(tenant())
        .param(d.id())
        .param(d.model().value())
        .param(d.version())
        .param(d.engine().value())
        .param(d.state().wireName())
        .param(d.stage().wireName())
        .param(d.artifact().uri())
        .param(d.artifact().digest().value())
        .param(JSON.writeValueAsString(d.artifact().files()))
        .param(d.proven())
        .param(JSON.writeValueAsString(d.hosting()))
        .param(JSON.writeValueAsString(d.inputs()))
        .param(d.rollout().strategy().name())
        .param(pending(d.rollout()))
        .param(d.rollout().nextWeight().bps())
        .param(d.reason().orElse(null))
        .param(d.requestedBy())
        .param(d.requestedAt().atOffset(ZoneOffset.UTC))
        .param(d.stateSince().atOffset(ZoneOffset.UTC))
        .update();
    recorded(d);
  }

  @Override
  public void save(Deployment d) {
    sql.sql(
            """
            update deployment set state = ?, stage = ?, hosting = ?::jsonb, inputs = ?::jsonb, strategy = ?, wish = ?, wish_bps = ?, reason = ?, state_since = ?
            where tenant = ? and id = ?
            """)
        .param(d.state().wireName())
        .param(d.stage().wireName())
        .param(JSON.writeValueAsString(d.hosting()))
        .param(JSON.writeValueAsString(d.inputs()))
        .param(d.rollout().strategy().name())
        .param(pending(d.rollout()))
        .param(d.rollout().nextWeight().bps())
        .param(d.reason().orElse(null))
        .param(d.stateSince().atOffset(ZoneOffset.UTC))
        .param(tenant())
        .param(d.id())
        .update();
    recorded(d);
  }

  private void recorded(Deployment d) {
    audit.record(
        "deployment." + d.state().wireName(),
        "deployments/" + d.id(),
        Map.of(
            "model_id",
            d.model().value(),
            "version",
            d.version(),
            "digest",
            d.artifact().digest().value(),
            "stage",
            d.stage().wireName(),
            "reason",
            d.reason().orElse("")));
    signal.send();
  }

  @Override
  public List<OwnedDeployment> unsettled() {
    return transactions.call(
        () ->
            sql.sql(
                    """
                    select * from deployment
                    where state in ('pending', 'loading', 'draining') or (state = 'ready' and wish <> 'NONE')
                    order by requested_at limit 100
                    """)
                .query((row, _) -> owned(row))
                .list());
  }

  @Override
  public List<OwnedDeployment> held() {
    return sql.sql(
            """
            select * from deployment where state in ('loading', 'ready', 'draining') order by requested_at, id
            """)
        .query((row, _) -> owned(row))
        .list();
  }

  @Override
  public List<DeployedTarget> of(ModelId model) {
    return transactions.call(
        () ->
            sql.sql(
                    """
                    select * from deployment
                    where tenant = ? and model_id = ? and state not in ('stopped', 'failed') order by version
                    """)
                .params(tenant(), model.value())
                .query(
                    (row, _) ->
                        new DeployedTarget(
                            row.getLong("version"),
                            row.getString("id"),
                            row.getString("state").equals(DeploymentState.READY.wireName()),
                            stage(row),
                            row.getString("digest")))
                .list());
  }

  private static OwnedDeployment owned(ResultSet row) throws SQLException {
    return new OwnedDeployment(new Tenant(row.getString("tenant")), read(row));
  }

  @SuppressWarnings("unchecked")
  private static Deployment read(ResultSet row) throws SQLException {
    Map<String, String> files = JSON.readValue(row.getString("files"), Map.class);
    return new Deployment(
        row.getString("id"),
        new ModelId(row.getString("model_id")),
        row.getLong("version"),
        new EngineName(row.getString("engine")),
        DeploymentState.ofWire(row.getString("state")),
        stage(row),
        new Artifact(row.getString("artifact_uri"), new Digest(row.getString("digest")), files),
        row.getBoolean("proven"),
        hosting(row.getString("hosting")),
        JSON.readValue(row.getString("inputs"), InputRules.class),
        rollout(row),
        row.getString("requested_by"),
        instant(row, "requested_at"),
        instant(row, "state_since"),
        Optional.ofNullable(row.getString("reason")));
  }

  /** A deployment of an earlier release has none. */
  private static Hosting hosting(String document) {
    return document.equals("{}") ? Hosting.DEFAULT : JSON.readValue(document, Hosting.class);
  }

  /** The columns named wish hold the next step; a roll-out that is over has none. */
  private static RolloutPlan rollout(ResultSet row) throws SQLException {
    Strategy strategy = Strategy.valueOf(row.getString("strategy"));
    int next = row.getInt("wish_bps");
    return new RolloutPlan(
        strategy, next == 0 ? List.of() : List.of(new RolloutStep(new Weight(next))));
  }

  private static String pending(RolloutPlan plan) {
    return (plan.isOver() ? Strategy.NONE : plan.strategy()).name();
  }

  private static Stage stage(ResultSet row) throws SQLException {
    return Stage.ofWire(row.getString("stage")).orElseThrow();
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getTimestamp(column).toInstant();
  }

  private static String tenant() {
    return TenantScope.require().slug();
  }
}
