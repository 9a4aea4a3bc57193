package ai.matih.ml.common.audit;

import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The append-only record of every mutation and every refusal, hash-chained per tenant.
 *
 * <p>A row's hash covers the row before it, so a changed, removed or inserted row is found by
 * {@link #firstBrokenRow()}.
 */
public class Audit {

  private static final int FETCH_SIZE = 1_000;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final JdbcClient sql;
  private final JsonMapper json;
  private final Supplier<List<AuditListener>> listeners;
  private final TransactionTemplate apart;
  private final TransactionTemplate reading;

  public Audit(JdbcClient sql, JsonMapper json, PlatformTransactionManager transactions) {
    this(sql, json, transactions, List::of);
  }

  /**
   * @param listeners asked for when the first row is written, since they may need what needs this
   */
  public Audit(
      JdbcClient sql,
      JsonMapper json,
      PlatformTransactionManager transactions,
      Supplier<List<AuditListener>> listeners) {
    this.sql = sql;
    this.json = json;
    this.listeners = listeners;
    this.apart = new TransactionTemplate(transactions);
    this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    this.reading = new TransactionTemplate(transactions);
    // Rows and head are compared as they were at one instant, while others go on writing.
    this.reading.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
  }

  /**
   * Records a mutation in the transaction of the mutation itself.
   *
   * @param action for example {@code version.registered}
   * @param target for example {@code models/churn/versions/3}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(String action, String target, Map<String, ?> details) {
    AuditRow row = append(action, target, "done", details);
    listeners.get().forEach(listener -> listener.recorded(row));
  }

  /** Records a refusal; in a transaction of its own, since the refused work leaves none. */
  public void refused(String action, String target, Map<String, ?> details) {
    apart.executeWithoutResult(_ -> append(action, target, "refused", details));
  }

  private AuditRow append(String action, String target, String outcome, Map<String, ?> details) {
    Tenant tenant = TenantScope.require();
    sql.sql("insert into audit_head (tenant, seq, hash) values (?, 0, ?) on conflict do nothing")
        .params(tenant.slug(), AuditHead.START.hash())
        .update();
    Place place =
        sql.sql(
                "select seq, hash, clock_timestamp() as at from audit_head where tenant = ? for update")
            .param(tenant.slug())
            .query(
                (row, _) ->
                    new Place(
                        new AuditHead(row.getLong("seq"), row.getString("hash")),
                        row.getTimestamp("at").toInstant()))
            .single();
    AuditRow row =
        new AuditRow(
                tenant.slug(),
                place.head().seq() + 1,
                place.at().truncatedTo(ChronoUnit.MICROS),
                Caller.current().map(Caller::actor).orElse("platform"),
                action,
                target,
                outcome,
                json.writeValueAsString(new TreeMap<>(details)),
                Optional.of(salt()),
                "",
                "")
            .chained(place.head().hash());
    sql.sql(
            """
            insert into audit (tenant, seq, at, principal, action, target, outcome, details, salt, previous_hash, hash)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        .params(
            row.tenant(),
            row.seq(),
            row.at().atOffset(ZoneOffset.UTC),
            row.principal(),
            row.action(),
            row.target(),
            row.outcome(),
            row.details(),
            row.salt().orElseThrow(),
            row.previousHash(),
            row.hash())
        .update();
    sql.sql("update audit_head set seq = ?, hash = ? where tenant = ?")
        .params(row.seq(), row.hash(), tenant.slug())
        .update();
    return row;
  }

  private static String salt() {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /**
   * How a chain was found.
   *
   * @param head what the last row is said to be; keep it elsewhere and compare it later
   * @param firstBroken the first row that does not fit, 0 when all do
   */
  public record Verification(AuditHead head, long firstBroken) {}

  /** Recomputes the current tenant's chain. */
  public Verification verify() {
    return Objects.requireNonNull(
        reading.execute(
            _ -> {
              AuditHead head = head();
              try (Stream<AuditRow> rows =
                  sql
                      .sql("select * from audit where tenant = ? order by seq")
                      .param(TenantScope.require().slug())
                      .withFetchSize(FETCH_SIZE)
                      .query(Audit::read)
                      .stream()) {
                return new Verification(head, AuditChain.firstBroken(rows.iterator(), head));
              }
            }));
  }

  /**
   * Recomputes the current tenant's chain.
   *
   * @return the first row that does not fit, or 0 when the whole chain holds
   */
  public long firstBrokenRow() {
    return verify().firstBroken();
  }

  private AuditHead head() {
    return sql.sql("select seq, hash from audit_head where tenant = ?")
        .param(TenantScope.require().slug())
        .query((row, _) -> new AuditHead(row.getLong("seq"), row.getString("hash")))
        .optional()
        .orElse(AuditHead.START);
  }

  /**
   * The current tenant's rows about a thing and what is below it, newest first.
   *
   * @param target for example {@code models/churn}
   * @param before only rows with a smaller number
   */
  @Transactional(readOnly = true)
  public List<AuditRow> below(String target, long before, int limit) {
    return sql.sql(
            """
            select * from audit where tenant = ? and seq < ? and (target = ? or starts_with(target, ? || '/'))
            order by seq desc limit ?
            """)
        .params(TenantScope.require().slug(), before, target, target, limit)
        .query(Audit::read)
        .list();
  }

  /**
   * The current tenant's rows, newest first.
   *
   * @param before only rows with a smaller number
   */
  @Transactional(readOnly = true)
  public List<AuditRow> rows(
      Optional<String> principal,
      Optional<String> action,
      Optional<String> outcome,
      long before,
      int limit) {
    return sql.sql(
            """
            select * from audit where tenant = :tenant and seq < :before
              and (cast(:principal as text) is null or principal = :principal)
              and (cast(:action as text) is null or action = :action)
              and (cast(:outcome as text) is null or outcome = :outcome)
            order by seq desc limit :limit
            """)
        .param("tenant", TenantScope.require().slug())
        .param("before", before)
        .param("principal", principal.orElse(null))
        .param("action", action.orElse(null))
        .param("outcome", outcome.orElse(null))
        .param("limit", limit)
        .query(Audit::read)
        .list();
  }

  /** The current tenant's rows about exactly these things, oldest first. */
  @Transactional(readOnly = true)
  public List<AuditRow> about(Collection<String> targets) {
    return sql.sql("select * from audit where tenant = ? and target = any(?) order by seq")
        .params(TenantScope.require().slug(), targets.toArray(String[]::new))
        .query(Audit::read)
        .list();
  }

  /** A part of the current tenant's chain, oldest first, both ends included. */
  @Transactional(readOnly = true)
  public List<AuditRow> between(long first, long last) {
    return sql.sql("select * from audit where tenant = ? and seq between ? and ? order by seq")
        .params(TenantScope.require().slug(), first, last)
        .query(Audit::read)
        .list();
  }

  private static AuditRow read(ResultSet row, int number) throws SQLException {
    return new AuditRow(
        row.getString("tenant"),
        row.getLong("seq"),
        row.getTimestamp("at").toInstant(),
        row.getString("principal"),
        row.getString("action"),
        row.getString("target"),
        row.getString("outcome"),
        row.getString("details"),
        Optional.ofNullable(row.getString("salt")),
        row.getString("previous_hash"),
        row.getString("hash"));
  }

  private record Place(AuditHead head, Instant at) {}
}
