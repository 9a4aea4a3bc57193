package ai.matih.ml.serving.abtest.store;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.abtest.AbTest;
import ai.matih.ml.serving.abtest.AbTest.Control;
import ai.matih.ml.serving.abtest.AbTestDesign;
import ai.matih.ml.serving.abtest.AbTestState;
import ai.matih.ml.serving.abtest.AbTests;
import ai.matih.ml.serving.abtest.AbVerdict;
import ai.matih.ml.serving.abtest.InterimAnalysis;
import ai.matih.ml.serving.abtest.OwnedAbTest;
import ai.matih.ml.serving.abtest.Tally;
import ai.matih.ml.serving.store.ChangeSignal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Tests as rows; the schema allows one open row per model. */
@Repository
class StoredAbTests implements AbTests {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final JdbcClient sql;
  private final Transactions transactions;
  private final ChangeSignal signal;
  private final Audit audit;

  StoredAbTests(JdbcClient sql, Transactions transactions, ChangeSignal signal, Audit audit) {
    this.sql = sql;
    this.transactions = transactions;
    this.signal = signal;
    this.audit = audit;
  }

  @Override
  public Optional<AbTest> find(ModelId model, String id) {
    return transactions.call(
        () ->
            sql.sql("select * from ab_test where tenant = ? and model_id = ? and id = ?")
                .params(tenant(), model.value(), id)
                .query((row, _) -> read(row))
                .optional());
  }

  @Override
  public Optional<AbTest> open(ModelId model) {
    return transactions.call(
        () ->
            sql.sql(
                    """
                    select * from ab_test where tenant = ? and model_id = ? and state in ('waiting', 'running')
                    """)
                .params(tenant(), model.value())
                .query((row, _) -> read(row))
                .optional());
  }

  @Override
  public List<AbTest> list(
      ModelId model, Optional<Long> version, Optional<String> afterId, int limit) {
    Map<String, Object> values = new HashMap<>();
    StringBuilder query =
        new StringBuilder(
            "select * from ab_test t where t.tenant = :tenant and t.model_id = :model");
    values.put("tenant", tenant());
    values.put("model", model.value());
    version.ifPresent(
        number -> {
          query.append(" and t.version = :version");
          values.put("version", number);
        });
    afterId.ifPresent(
        after -> {
          query.append(
              """
               and (t.requested_at, t.id) < (select a.requested_at, a.id from ab_test a
                                             where a.tenant = :tenant and a.id = :after)
              """);
          values.put("after", after);
        });
    query.append(" order by t.requested_at desc, t.id desc limit :limit");
    values.put("limit", limit);
    return transactions.call(
        () -> sql.sql(query.toString()).params(values).query((row, _) -> read(row)).list());
  }

  @Override
  public void add(AbTest test) {
    sql.sql(
            """
            insert into ab_test (tenant, id, model_id, version, digest, state, verdict, terms, salt, requested_by,
              requested_at)
            values (?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?)
            """)
        .param(tenant())
        .param(test.id())
        .param(test.model().value())
        .param(test.version())
        .param(test.digest())
        .param(test.state().wireName())
        .param(test.verdict().wireName())
        .param(JSON.writeValueAsString(test.design()))
        .param(test.salt())
        .param(test.requestedBy())
        .param(utc(test.requestedAt()))
        .update();
    recorded(test);
  }

  @Override
  public void save(AbTest test) {
    AbTestState before =
        AbTestState.ofWire(
            sql.sql("select state from ab_test where tenant = ? and id = ? for update")
                .params(tenant(), test.id())
                .query(String.class)
                .single());
    sql.sql(
            """
            update ab_test set control_version = ?, control_digest = ?, traffic_revision = ?, started_at = ?, state = ?,
              verdict = ?, reason = ?, ended_at = ?, looks = ?, looked_at = ?, tally = ?::jsonb, p_value = ?,
              ratio_p_value = ?
            where tenant = ? and id = ?
            """)
        .param(test.control().map(Control::version).orElse(null))
        .param(test.control().map(Control::digest).orElse(null))
        .param(test.control().map(Control::revision).orElse(null))
        .param(test.startedAt().map(StoredAbTests::utc).orElse(null))
        .param(test.state().wireName())
        .param(test.verdict().wireName())
        .param(test.reason().orElse(null))
        .param(test.endedAt().map(StoredAbTests::utc).orElse(null))
        .param(test.analysis().number())
        .param(utc(test.analysis().at()))
        .param(JSON.writeValueAsString(test.analysis().tally()))
        .param(test.analysis().pValue())
        .param(test.analysis().ratioPValue())
        .param(tenant())
        .param(test.id())
        .update();
    if (before != test.state()) {
      recorded(test);
    }
  }

  private void recorded(AbTest test) {
    audit.record(
        "ab_test." + test.state().wireName(),
        "models/" + test.model() + "/ab-tests/" + test.id(),
        Map.of(
            "version",
            test.version(),
            "digest",
            test.digest(),
            "control_version",
            test.control().map(Control::version).orElse(0L),
            "control_digest",
            test.control().map(Control::digest).orElse(""),
            "verdict",
            test.verdict().wireName(),
            "reason",
            test.reason().orElse("")));
    signal.send();
  }

  @Override
  public List<OwnedAbTest> due(Instant analysedBefore, Instant now, int limit) {
    return sql.sql(
            """
            update ab_test set looked_at = ? where id in (
              select id from ab_test
              where state = 'waiting' or (state = 'running' and looked_at < ?)
              order by looked_at nulls first limit ? for update skip locked)
            returning *
            """)
        .params(utc(now), utc(analysedBefore), limit)
        .query((row, _) -> new OwnedAbTest(new Tenant(row.getString("tenant")), read(row)))
        .list();
  }

  private static AbTest read(ResultSet row) throws SQLException {
    Optional<Instant> startedAt = instant(row, "started_at");
    Instant requestedAt = instant(row, "requested_at").orElseThrow();
    @Nullable String tally = row.getString("tally");
    return new AbTest(
        row.getString("id"),
        new ModelId(row.getString("model_id")),
        row.getLong("version"),
        row.getString("digest"),
        startedAt.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Control(
                    row.getLong("control_version"),
                    row.getString("control_digest"),
                    row.getLong("traffic_revision"),
                    startedAt.get())),
        AbTestState.ofWire(row.getString("state")),
        AbVerdict.ofWire(row.getString("verdict")),
        JSON.readValue(row.getString("terms"), AbTestDesign.class),
        row.getString("salt"),
        Optional.ofNullable(row.getString("reason")),
        row.getString("requested_by"),
        requestedAt,
        instant(row, "ended_at"),
        new InterimAnalysis(
            row.getLong("looks"),
            instant(row, "looked_at").orElse(requestedAt),
            tally == null ? Tally.NOTHING : JSON.readValue(tally, Tally.class),
            row.getDouble("p_value"),
            row.getDouble("ratio_p_value")));
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
  }

  private static String tenant() {
    return TenantScope.require().slug();
  }
}
