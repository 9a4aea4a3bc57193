package ai.matih.ml.serving.traffic.store;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.store.ChangeSignal;
import ai.matih.ml.serving.traffic.OwnedTraffic;
import ai.matih.ml.serving.traffic.Split;
import ai.matih.ml.serving.traffic.TrafficChange;
import ai.matih.ml.serving.traffic.TrafficDocument;
import ai.matih.ml.serving.traffic.TrafficDocument.Cause;
import ai.matih.ml.serving.traffic.TrafficDocuments;
import ai.matih.ml.serving.traffic.TrafficListener;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Documents as rows that are only ever inserted. */
@Repository
class StoredTrafficDocuments implements TrafficDocuments {

  private static final String DOCUMENT =
      """
      select e.tenant, e.model_id, coalesce(t.salt, e.salt) as salt, coalesce(t.revision, 0) as revision, t.targets,
             t.cause, t.reason, t.changed_by, t.changed_at, t.test_id
      from endpoint e left join traffic_revision t using (tenant, model_id)
      """;

  private final JdbcClient sql;
  private final Transactions transactions;
  private final ChangeSignal signal;
  private final Audit audit;
  private final ObjectProvider<TrafficListener> listeners;
  private final SecureRandom random = new SecureRandom();

  StoredTrafficDocuments(
      JdbcClient sql,
      Transactions transactions,
      ChangeSignal signal,
      Audit audit,
      ObjectProvider<TrafficListener> listeners) {
    this.sql = sql;
    this.transactions = transactions;
    this.signal = signal;
    this.audit = audit;
    this.listeners = listeners;
  }

  @Override
  public Optional<TrafficDocument> current(ModelId model) {
    return transactions.call(
        () ->
            sql.sql(
                    DOCUMENT
                        + " where e.tenant = ? and e.model_id = ? and coalesce(t.revision, 0) = e.revision")
                .params(TenantScope.require().slug(), model.value())
                .query((row, _) -> read(row))
                .optional());
  }

  @Override
  public List<TrafficDocument> history(ModelId model, long before, int limit) {
    return transactions.call(
        () ->
            sql.sql(
                    DOCUMENT
                        + " where e.tenant = ? and e.model_id = ? and t.revision < ? order by t.revision desc limit ?")
                .params(TenantScope.require().slug(), model.value(), before, limit)
                .query((row, _) -> read(row))
                .list());
  }

  @Override
  public TrafficDocument lock(ModelId model) {
    byte[] salt = new byte[12];
    random.nextBytes(salt);
    String tenant = TenantScope.require().slug();
    sql.sql("insert into endpoint (tenant, model_id, salt) values (?, ?, ?) on conflict do nothing")
        .params(tenant, model.value(), HexFormat.of().formatHex(salt))
        .update();
    sql.sql("select revision from endpoint where tenant = ? and model_id = ? for update")
        .params(tenant, model.value())
        .query(Long.class)
        .single();
    return current(model).orElseThrow();
  }

  @Override
  public TrafficDocument publish(TrafficDocument before, TrafficChange change) {
    String tenant = TenantScope.require().slug();
    long revision = before.revision() + 1;
    sql.sql(
            """
            insert into traffic_revision (tenant, model_id, revision, targets, cause, reason, changed_by, salt, test_id,
              restore_id)
            values (?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?)
            """)
        .param(tenant)
        .param(before.model().value())
        .param(revision)
        .param(TargetRow.write(change.split()))
        .param(change.cause().name())
        .param(change.reason().orElse(null))
        .param(change.changedBy())
        .param(change.salt().orElse(before.salt()))
        .param(change.test().orElse(null))
        .param(change.restoreId().orElse(null))
        .update();
    sql.sql("update endpoint set revision = ? where tenant = ? and model_id = ?")
        .params(revision, tenant, before.model().value())
        .update();
    audit.record(
        "traffic." + change.cause().name().toLowerCase(java.util.Locale.ROOT),
        "models/" + before.model() + "/traffic",
        Map.of(
            "revision",
            revision,
            "weights_bps",
            change.split().targets().stream()
                .collect(
                    java.util.stream.Collectors.toMap(
                        t -> String.valueOf(t.version()), t -> t.weight().bps())),
            "reason",
            change.reason().orElse("")));
    signal.send();
    TrafficDocument after = current(before.model()).orElseThrow();
    listeners.forEach(listener -> listener.published(before, after));
    return after;
  }

  @Override
  public Optional<TrafficDocument> restored(ModelId model, String restoreId) {
    return sql.sql(DOCUMENT + " where e.tenant = ? and e.model_id = ? and t.restore_id = ?")
        .params(TenantScope.require().slug(), model.value(), restoreId)
        .query((row, _) -> read(row))
        .optional();
  }

  @Override
  public List<OwnedTraffic> all() {
    return sql.sql(DOCUMENT + " where t.revision = e.revision order by e.tenant, e.model_id")
        .query((row, _) -> new OwnedTraffic(new Tenant(row.getString("tenant")), read(row)))
        .list();
  }

  private static TrafficDocument read(ResultSet row) throws SQLException {
    ModelId model = new ModelId(row.getString("model_id"));
    long revision = row.getLong("revision");
    String salt = row.getString("salt");
    if (revision == 0) {
      return new TrafficDocument(
          model,
          0,
          salt,
          Split.NOTHING,
          Cause.CREATED,
          Optional.empty(),
          "platform",
          Instant.EPOCH,
          Optional.empty());
    }
    return new TrafficDocument(
        model,
        revision,
        salt,
        TargetRow.read(row.getString("targets")),
        Cause.valueOf(row.getString("cause")),
        Optional.ofNullable(row.getString("reason")),
        row.getString("changed_by"),
        row.getTimestamp("changed_at").toInstant(),
        Optional.ofNullable(row.getString("test_id")));
  }
}
