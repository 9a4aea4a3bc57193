package ai.matih.ml.features.catalog.store;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.reconcile.Claim;
import ai.matih.ml.common.reconcile.Claims;
import ai.matih.ml.common.reconcile.Reconcilers;
import ai.matih.ml.common.reconcile.Signals;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.features.catalog.Condition;
import ai.matih.ml.features.catalog.Condition.Status;
import ai.matih.ml.features.catalog.Declaration;
import ai.matih.ml.features.catalog.Declaration.Kind;
import ai.matih.ml.features.catalog.Declarations;
import ai.matih.ml.features.catalog.DeclaredDocument;
import ai.matih.ml.features.catalog.PendingDeclarations;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Table {@code feature_document}: desired state, what of it is applied, and the condition. */
public class StoredDeclarations implements Declarations, PendingDeclarations {

  /** Wakes the reconciler. */
  public static final String TOPIC = "feature_document";

  /** What others need comes first, should not all fit into one round. */
  private static final String ORDER =
      "array_position(array['entities', 'sources', 'views', 'services'], kind), updated_at";

  private static final int BATCH = 100;
  private static final Duration SOON = Duration.ofSeconds(2);
  private static final Duration LATEST = Duration.ofMinutes(2);

  private final JdbcClient sql;
  private final JsonMapper json;
  private final Signals signals;
  private final Audit audit;
  private final Transactions transactions;
  private final Claims claims;

  public StoredDeclarations(
      JdbcClient sql,
      JsonMapper json,
      Signals signals,
      Audit audit,
      Transactions transactions,
      Reconcilers reconcilers) {
    this.audit = audit;
    this.sql = sql;
    this.json = json;
    this.signals = signals;
    this.transactions = transactions;
    this.claims =
        reconcilers
            .of("declarations", "feature_document")
            .where("applied_revision <> revision")
            .orderedBy(ORDER)
            .claims();
  }

  @Override
  @Transactional
  public Optional<DeclaredDocument> find(Kind kind, String name) {
    return sql.sql("select * from feature_document where tenant = ? and id = ?")
        .params(TenantScope.require().slug(), id(kind, name))
        .query(this::document)
        .optional();
  }

  @Override
  @Transactional
  public List<DeclaredDocument> all() {
    return sql.sql("select * from feature_document where tenant = ?")
        .param(TenantScope.require().slug())
        .query(this::document)
        .list();
  }

  @Override
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<DeclaredDocument> store(
      String name, Declaration content, long expectedRevision, String by) {
    String tenant = TenantScope.require().slug();
    String id = id(content.kind(), name);
    String document = json.writeValueAsString(content);
    int changed =
        expectedRevision == 0
            ? sql.sql(
                    """
                    insert into feature_document (tenant, id, kind, name, content, updated_by)
                    values (?, ?, ?, ?, ?::jsonb, ?) on conflict do nothing
                    """)
                .params(tenant, id, content.kind().plural(), name, document, by)
                .update()
            : sql.sql(
                    """
                    update feature_document
                    set content = ?::jsonb, revision = revision + 1, updated_by = ?, updated_at = now(),
                        condition_status = 'unknown', condition_reason = 'Pending',
                        condition_message = 'Feast will be given this revision shortly',
                        condition_since = now(), attempts = 0, due_at = now()
                    where tenant = ? and id = ? and revision = ?
                    """)
                .params(document, by, tenant, id, expectedRevision)
                .update();
    if (changed == 0) {
      return Optional.empty();
    }
    if (content.kind() == Kind.SOURCE) {
      applyAgainWithSource(tenant, name);
    }
    signals.send(TOPIC);
    audit.record("features.declared", "features/" + id, Map.of("revision", expectedRevision + 1));
    return find(content.kind(), name);
  }

  /**
   * A Feast view holds a copy of its source. The epoch moves on, so that a view which is being
   * applied right now with the old source is not taken for done.
   */
  private void applyAgainWithSource(String tenant, String source) {
    sql.sql(
            """
            update feature_document
            set applied_revision = 0, epoch = epoch + 1, leased_until = null, due_at = now(), attempts = 0,
                condition_status = 'unknown', condition_reason = 'SourceChanged',
                condition_message = 'Feast will be given the changed source shortly',
                condition_since = now()
            where tenant = ? and kind = 'views' and content ->> 'source' = ?
            """)
        .params(tenant, source)
        .update();
  }

  @Override
  public void recordRefusal(Kind kind, String name, String reason) {
    audit.refused("features.declared", "features/" + id(kind, name), Map.of("reason", reason));
  }

  @Override
  public <T> T exclusively(Supplier<T> work) {
    return transactions.call(
        () -> {
          sql.sql("select pg_advisory_xact_lock(hashtextextended('feature_document:' || ?, 0))")
              .param(TenantScope.require().slug())
              .query()
              .listOfRows();
          return work.get();
        });
  }

  @Override
  public List<Claim> take() {
    return claims.take(BATCH);
  }

  @Override
  public void giveBack(List<Claim> taken) {
    taken.forEach(claims::release);
  }

  @Override
  public List<Work> read(Tenant tenant, List<Claim> taken) {
    return inTenant(
        tenant,
        () -> {
          List<Work> work = new ArrayList<>();
          for (Claim claim : taken) {
            sql.sql("select * from feature_document where tenant = ? and id = ? and epoch = ?")
                .params(tenant.slug(), claim.id(), claim.epoch())
                .query(this::document)
                .optional()
                .ifPresent(document -> work.add(new Work(claim, document)));
          }
          return work;
        });
  }

  @Override
  public void applied(Work work) {
    // A revision that came meanwhile stays pending: only what was read is marked.
    inTenant(
        work.claim().tenant(),
        () ->
            sql.sql(
                    """
                    update feature_document
                    set applied_revision = ?, attempts = 0,
                        condition_status = case when revision = ? then 'true' else condition_status end,
                        condition_reason = case when revision = ? then 'Applied' else condition_reason end,
                        condition_message = case when revision = ? then 'Feast has this revision' else condition_message end,
                        condition_since = case when revision = ? then now() else condition_since end
                    where tenant = ? and id = ? and epoch = ?
                    """)
                .params(
                    work.document().revision(),
                    work.document().revision(),
                    work.document().revision(),
                    work.document().revision(),
                    work.document().revision(),
                    work.claim().tenant().slug(),
                    work.claim().id(),
                    work.claim().epoch())
                .update());
  }

  @Override
  public void refused(Work work, String reason) {
    later(work, Status.FALSE, "RefusedByFeast", reason);
  }

  @Override
  public void waiting(Work work, String message) {
    later(work, Status.UNKNOWN, "FeastUnavailable", message);
  }

  private void later(Work work, Status status, String reason, String message) {
    inTenant(
        work.claim().tenant(),
        () ->
            sql.sql(
                    """
                    update feature_document
                    set condition_since = case when condition_reason = ? then condition_since else now() end,
                        condition_status = ?, condition_reason = ?, condition_message = ?,
                        attempts = attempts + 1,
                        due_at = now() + least(? * power(2, least(attempts, 10)), ?) * interval '1 millisecond'
                    where tenant = ? and id = ? and epoch = ? and revision = ?
                    """)
                .params(
                    reason,
                    status.wire(),
                    reason,
                    message.length() > 2000 ? message.substring(0, 2000) : message,
                    SOON.toMillis(),
                    LATEST.toMillis(),
                    work.claim().tenant().slug(),
                    work.claim().id(),
                    work.claim().epoch(),
                    work.document().revision())
                .update());
  }

  private <T> T inTenant(Tenant tenant, Supplier<T> work) {
    return TenantScope.call(tenant, () -> transactions.call(work));
  }

  private static String id(Kind kind, String name) {
    return kind.plural() + "/" + name;
  }

  private DeclaredDocument document(ResultSet row, int number) throws SQLException {
    Class<? extends Declaration> type =
        switch (row.getString("kind")) {
          case "entities" -> Declaration.EntityDocument.class;
          case "sources" -> Declaration.SourceDocument.class;
          case "views" -> Declaration.ViewDocument.class;
          default -> Declaration.ServiceDocument.class;
        };
    return new DeclaredDocument(
        row.getString("name"),
        json.readValue(row.getString("content"), type),
        row.getLong("revision"),
        row.getLong("applied_revision"),
        new Condition(
            "Applied",
            Status.valueOf(row.getString("condition_status").toUpperCase(Locale.ROOT)),
            row.getString("condition_reason"),
            row.getString("condition_message"),
            row.getObject("condition_since", OffsetDateTime.class).toInstant()),
        row.getString("updated_by"),
        row.getObject("updated_at", OffsetDateTime.class).toInstant());
  }
}
