package ai.matih.ml.features.materialization.store;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.page.PageToken;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.features.materialization.Materialization;
import ai.matih.ml.features.materialization.Materialization.Status;
import ai.matih.ml.features.materialization.Materialization.ViewProgress;
import ai.matih.ml.features.materialization.Materializations;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Table {@code materialization}. */
public class StoredMaterializations implements Materializations {

  /** Wakes the reconciler. */
  public static final String TOPIC = "materialization";

  private final JdbcClient sql;
  private final JsonMapper json;
  private final Signals signals;
  private final Audit audit;
  private final Transactions transactions;

  public StoredMaterializations(
      JdbcClient sql, JsonMapper json, Signals signals, Audit audit, Transactions transactions) {
    this.sql = sql;
    this.json = json;
    this.signals = signals;
    this.audit = audit;
    this.transactions = transactions;
  }

  @Override
  @Transactional(propagation = Propagation.MANDATORY)
  public Materialization create(Instant start, Instant end, List<String> views, String by) {
    UUID id = UUID.randomUUID();
    sql.sql(
            """
            insert into materialization (tenant, id, start_time, end_time, views, submitted_by)
            values (?, ?, ?, ?, ?, ?)
            """)
        .params(
            TenantScope.require().slug(),
            id,
            start.atOffset(ZoneOffset.UTC),
            end.atOffset(ZoneOffset.UTC),
            views.toArray(String[]::new),
            by)
        .update();
    audit.record(
        "features.materialized", "features/materializations/" + id, Map.of("views", views));
    signals.send(TOPIC);
    return find(id).orElseThrow();
  }

  @Override
  @Transactional
  public Optional<Materialization> find(UUID id) {
    return sql.sql("select * from materialization where tenant = ? and id = ?")
        .params(TenantScope.require().slug(), id)
        .query(this::read)
        .optional();
  }

  @Override
  @Transactional
  public Page<Materialization> list(PageRequest page) {
    Optional<PageToken> after = page.after(2);
    List<Object> params = new ArrayList<>(List.of(TenantScope.require().slug()));
    String from = "";
    if (after.isPresent()) {
      from = " and (created_at, id) < (?::timestamptz, ?::uuid)";
      params.add(instant(after.get().parts().get(0)));
      params.add(uuid(after.get().parts().get(1)));
    }
    params.add(page.limit());
    List<Materialization> rows =
        sql.sql(
                "select * from materialization where tenant = ?"
                    + from
                    + " order by created_at desc, id desc limit ?")
            .params(params)
            .query(this::read)
            .list();
    return Page.cut(rows, page, m -> PageToken.of(m.createdAt(), m.id()));
  }

  private static OffsetDateTime instant(String written) {
    try {
      return Instant.parse(written).atOffset(ZoneOffset.UTC);
    } catch (java.time.DateTimeException e) {
      throw ai.matih.ml.common.problem.Problem.invalid("page_token", "is not a token of this list");
    }
  }

  private static UUID uuid(String written) {
    try {
      return UUID.fromString(written);
    } catch (IllegalArgumentException e) {
      throw ai.matih.ml.common.problem.Problem.invalid("page_token", "is not a token of this list");
    }
  }

  @Override
  public void pushed(String view, int rows) {
    transactions.run(
        () -> audit.record("features.pushed", "features/views/" + view, Map.of("rows", rows)));
  }

  @Override
  public Optional<Materialization> claimed(Claim claim) {
    return TenantScope.call(
        claim.tenant(),
        () ->
            transactions.call(
                () ->
                    sql.sql(
                            "select * from materialization where tenant = ? and id = ?::uuid and epoch = ?")
                        .params(claim.tenant().slug(), claim.id(), claim.epoch())
                        .query(this::read)
                        .optional()));
  }

  @Override
  public void record(
      Claim claim,
      Status status,
      List<ViewProgress> progress,
      String reason,
      String message,
      boolean startedAgain) {
    TenantScope.run(
        claim.tenant(),
        () ->
            transactions.run(
                () ->
                    sql.sql(
                            """
                            update materialization
                            set status = ?, view_progress = ?::jsonb,
                                since = case when reason = ? then since else now() end,
                                reason = ?, message = ?,
                                attempts = attempts + ?,
                                finished_at = case when ? then now() end
                            where tenant = ? and id = ?::uuid and epoch = ?
                            """)
                        .params(
                            status.name().toLowerCase(Locale.ROOT),
                            json.writeValueAsString(progress),
                            reason,
                            reason,
                            message.length() > 2000 ? message.substring(0, 2000) : message,
                            startedAgain ? 1 : 0,
                            status.isFinal(),
                            claim.tenant().slug(),
                            claim.id(),
                            claim.epoch())
                        .update()));
  }

  private Materialization read(ResultSet row, int number) throws SQLException {
    OffsetDateTime finished = row.getObject("finished_at", OffsetDateTime.class);
    return new Materialization(
        row.getObject("id", UUID.class),
        row.getObject("start_time", OffsetDateTime.class).toInstant(),
        row.getObject("end_time", OffsetDateTime.class).toInstant(),
        Arrays.asList((String[]) row.getArray("views").getArray()),
        Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
        json.readValue(row.getString("view_progress"), new TypeReference<List<ViewProgress>>() {}),
        row.getString("reason"),
        row.getString("message"),
        row.getObject("since", OffsetDateTime.class).toInstant(),
        row.getString("submitted_by"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        finished == null ? Optional.empty() : Optional.of(finished.toInstant()),
        row.getInt("attempts"));
  }
}
