package ai.matih.ml.common.reconcile;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Claims rows of one table for background work, across tenants and replicas.
 *
 * <p>The table has columns {@code tenant}, {@code id}, {@code epoch bigint} and {@code leased_until
 * timestamptz}. Leases run on the database's clock.
 */
public final class Claims {

  private final JdbcClient sql;
  private final TransactionTemplate transaction;
  private final String table;
  private final String due;
  private final String order;

  /**
   * @param due SQL condition of the rows that want work; part of the program, never input
   * @param order SQL order of claiming; likewise
   */
  public Claims(
      JdbcClient sql,
      PlatformTransactionManager transactions,
      String table,
      String due,
      String order) {
    this.sql = sql;
    this.transaction = new TransactionTemplate(transactions);
    this.table = table;
    this.due = due;
    this.order = order;
  }

  /** Takes up to {@code max} due rows that nobody holds. */
  public List<Claim> take(int max, Duration lease) {
    return TenantScope.acrossTenants(
        () ->
            java.util.Objects.requireNonNull(
                transaction.execute(
                    _ ->
                        sql.sql(
                                """
                                update %1$s set leased_until = now() + ? * interval '1 millisecond', epoch = epoch + 1
                                where (tenant, id) in (
                                  select tenant, id from %1$s
                                  where (%2$s) and (leased_until is null or leased_until < now())
                                  order by %3$s limit ? for update skip locked)
                                returning tenant, id::text as id, epoch
                                """
                                    .formatted(table, due, order))
                            .params(lease.toMillis(), max)
                            .query(
                                (row, _) ->
                                    new Claim(
                                        new Tenant(row.getString("tenant")),
                                        row.getString("id"),
                                        row.getLong("epoch")))
                            .list())));
  }

  /** Gives a row back before its lease ends; does nothing when the claim was overtaken. */
  public void release(Claim claim) {
    TenantScope.run(
        claim.tenant(),
        () ->
            transaction.executeWithoutResult(
                _ ->
                    sql.sql(
                            "update %s set leased_until = null where tenant = ? and id::text = ? and epoch = ?"
                                .formatted(table))
                        .params(claim.tenant().slug(), claim.id(), claim.epoch())
                        .update()));
  }

  /** Gives a row back but not to be claimed again before {@code wait} is over. */
  public void postpone(Claim claim, Duration wait) {
    TenantScope.run(
        claim.tenant(),
        () ->
            transaction.executeWithoutResult(
                _ ->
                    sql.sql(
                            "update %s set leased_until = now() + ? * interval '1 millisecond' where tenant = ? and id::text = ? and epoch = ?"
                                .formatted(table))
                        .params(wait.toMillis(), claim.tenant().slug(), claim.id(), claim.epoch())
                        .update()));
  }
}
