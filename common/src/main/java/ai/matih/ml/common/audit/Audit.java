package ai.matih.ml.common.audit;

import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
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

  private static final String GENESIS = "0".repeat(64);

  private final JdbcClient sql;
  private final JsonMapper json;
  private final TransactionTemplate apart;
  private final TransactionTemplate reading;

  public Audit(JdbcClient sql, JsonMapper json, PlatformTransactionManager transactions) {
    this.sql = sql;
    this.json = json;
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
    append(action, target, "done", details);
  }

  /** Records a refusal; in a transaction of its own, since the refused work leaves none. */
  public void refused(String action, String target, Map<String, ?> details) {
    apart.executeWithoutResult(_ -> append(action, target, "refused", details));
  }

  private void append(String action, String target, String outcome, Map<String, ?> details) {
    Tenant tenant = TenantScope.require();
    sql.sql("insert into audit_head (tenant, seq, hash) values (?, 0, ?) on conflict do nothing")
        .params(tenant.slug(), GENESIS)
        .update();
    Head head =
        sql.sql(
                "select seq, hash, clock_timestamp() as at from audit_head where tenant = ? for update")
            .param(tenant.slug())
            .query(
                (row, _) ->
                    new Head(
                        row.getLong("seq"),
                        row.getString("hash"),
                        row.getTimestamp("at").toInstant()))
            .single();
    String principal = Caller.current().map(Caller::actor).orElse("platform");
    Row row =
        new Row(
            head.seq() + 1,
            head.at().truncatedTo(java.time.temporal.ChronoUnit.MICROS),
            principal,
            action,
            target,
            outcome,
            json.writeValueAsString(new TreeMap<>(details)));
    String hash = hash(head.hash(), tenant, row);
    sql.sql(
            """
            insert into audit (tenant, seq, at, principal, action, target, outcome, details, previous_hash, hash)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        .params(
            tenant.slug(),
            row.seq(),
            row.at().atOffset(ZoneOffset.UTC),
            row.principal(),
            row.action(),
            row.target(),
            row.outcome(),
            row.details(),
            head.hash(),
            hash)
        .update();
    sql.sql("update audit_head set seq = ?, hash = ? where tenant = ?")
        .params(row.seq(), hash, tenant.slug())
        .update();
  }

  /**
   * Recomputes the current tenant's chain.
   *
   * @return the first row that does not fit, or 0 when the whole chain holds
   */
  public long firstBrokenRow() {
    Tenant tenant = TenantScope.require();
    return java.util.Objects.requireNonNull(
        reading.execute(
            _ -> {
              String previous = GENESIS;
              long expected = 1;
              for (StoredRow stored :
                  sql.sql("select * from audit where tenant = ? order by seq")
                      .param(tenant.slug())
                      .query(StoredRow::read)
                      .list()) {
                if (stored.row().seq() != expected
                    || !stored.previousHash().equals(previous)
                    || !stored.hash().equals(hash(previous, tenant, stored.row()))) {
                  return expected;
                }
                previous = stored.hash();
                expected++;
              }
              boolean headFits =
                  sql.sql(
                              "select count(*) from audit_head where tenant = ? and seq = ? and hash = ?")
                          .params(tenant.slug(), expected - 1, previous)
                          .query(Long.class)
                          .single()
                      == 1;
              return headFits || expected == 1 ? 0L : expected;
            }));
  }

  private static String hash(String previous, Tenant tenant, Row row) {
    // Each part is preceded by its length, so that no two rows hash the same text.
    StringBuilder text = new StringBuilder();
    for (String part :
        new String[] {
          previous,
          tenant.slug(),
          Long.toString(row.seq()),
          row.at().toString(),
          row.principal(),
          row.action(),
          row.target(),
          row.outcome(),
          row.details()
        }) {
      text.append(part.length()).append(':').append(part);
    }
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Head(long seq, String hash, Instant at) {}

  private record Row(
      long seq,
      Instant at,
      String principal,
      String action,
      String target,
      String outcome,
      String details) {}

  private record StoredRow(Row row, String previousHash, String hash) {
    static StoredRow read(java.sql.ResultSet row, int number) throws java.sql.SQLException {
      return new StoredRow(
          new Row(
              row.getLong("seq"),
              row.getTimestamp("at").toInstant(),
              row.getString("principal"),
              row.getString("action"),
              row.getString("target"),
              row.getString("outcome"),
              row.getString("details")),
          row.getString("previous_hash"),
          row.getString("hash"));
    }
  }
}
