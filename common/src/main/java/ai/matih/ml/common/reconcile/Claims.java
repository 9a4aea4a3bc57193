package ai.matih.ml.common.reconcile;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.transaction.Transactions;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The rows of one table that this replica works on, across tenants.
 *
 * <p>The table has columns {@code tenant}, {@code id}, {@code epoch bigint}, {@code leased_until
 * timestamptz} and one that says when the row is due. Leases run on the database's clock and are
 * renewed while the row is held, so they are short: a row whose holder died is free soon. To wait
 * is something else than to hold: a row that rests is held by nobody.
 */
public final class Claims {

  /** How long a row stays taken whose holder died. */
  static final Duration LEASE = Duration.ofSeconds(9);

  /** No step takes this long; one that hangs must not hold its row for ever. */
  private static final Duration LONGEST = Duration.ofHours(1);

  /** A row that its step has freed by itself stays free. */
  private static final String LENGTHENED =
      "leased_until = case when leased_until is not null then now() + %d * interval '1 millisecond' end"
          .formatted(LEASE.toMillis());

  private static final Logger log = LoggerFactory.getLogger(Claims.class);

  /**
   * A row in this replica's hands, in nanoseconds of this machine.
   *
   * @param until when others may take it, unless it is renewed
   * @param ended its step is over; what is left is to give it back
   */
  private record Holding(long since, long until, boolean ended) {}

  private final JdbcClient sql;
  private final Transactions transactions;
  private final String table;
  private final String due;
  private final String dueAt;
  private final String order;
  private final Map<Claim, Holding> held = new ConcurrentHashMap<>();

  Claims(
      JdbcClient sql,
      Transactions transactions,
      String table,
      String where,
      String dueAt,
      String order) {
    this.sql = sql;
    this.transactions = transactions;
    this.table = table;
    this.due = "(%s) and %s <= now()".formatted(where, dueAt);
    this.dueAt = dueAt;
    this.order = order;
  }

  /** Takes up to {@code max} due rows that nobody holds; each is renewed until it is given back. */
  public List<Claim> take(int max) {
    long now = System.nanoTime();
    List<Claim> taken =
        TenantScope.acrossTenants(
            () ->
                transactions.call(
                    () ->
                        // Materialized: a plan may run a subquery twice, and take more than max.
                        sql.sql(
                                """
                                with due as materialized (
                                  select tenant, id from %1$s
                                  where %2$s and (leased_until is null or leased_until < now())
                                  order by %3$s limit ? for update skip locked)
                                update %1$s taken
                                set leased_until = now() + ? * interval '1 millisecond', epoch = taken.epoch + 1
                                from due where taken.tenant = due.tenant and taken.id = due.id
                                returning taken.tenant, taken.id::text as id, taken.epoch
                                """
                                    .formatted(table, due, order))
                            .params(max, LEASE.toMillis())
                            .query(
                                (row, _) ->
                                    new Claim(
                                        new Tenant(row.getString("tenant")),
                                        row.getString("id"),
                                        row.getLong("epoch")))
                            .list()));
    taken.forEach(claim -> held.put(claim, new Holding(now, now + LEASE.toNanos(), false)));
    return taken;
  }

  /** Whether nobody else can have the row; where this is not known any more, the answer is no. */
  public boolean isHeld(Claim claim) {
    Holding holding = held.get(claim);
    return holding != null && !holding.ended() && System.nanoTime() < holding.until();
  }

  /** Gives a row back; does nothing when the claim was overtaken. */
  public void release(Claim claim) {
    giveBack(claim, "leased_until = null");
  }

  /** Gives a row back that rests for {@code wait} before it is due again. */
  public void postpone(Claim claim, Duration wait) {
    giveBack(
        claim,
        "leased_until = null, %s = now() + %d * interval '1 millisecond'"
            .formatted(dueAt, wait.toMillis()));
  }

  /** Where it fails, it is tried again with the next renewal. */
  private void giveBack(Claim claim, String change) {
    held.computeIfPresent(
        claim, (_, holding) -> new Holding(holding.since(), holding.until(), true));
    update(change, claim);
    held.remove(claim);
  }

  /** Lengthens the leases of what is held, and forgets what was overtaken. */
  void renew() {
    held.forEach(this::renew);
  }

  private void renew(Claim claim, Holding holding) {
    long now = System.nanoTime();
    if (holding.ended()) {
      release(claim);
    } else if (now - holding.since() > LONGEST.toNanos()) {
      log.warn("{} of {} is held for too long and is renewed no more", claim.id(), table);
      held.remove(claim);
    } else if (update(LENGTHENED, claim) == 1) {
      held.replace(claim, holding, new Holding(holding.since(), now + LEASE.toNanos(), false));
    } else {
      held.remove(claim);
    }
  }

  /** Gives back all that is held; says whether that was anything. */
  boolean releaseAll() {
    boolean any = !held.isEmpty();
    held.replaceAll((_, holding) -> new Holding(holding.since(), holding.until(), true));
    held.keySet().forEach(this::release);
    return any;
  }

  /** For rows whose steps do not end: their leases do. */
  void forgetAll() {
    held.clear();
  }

  private int update(String change, Claim claim) {
    return TenantScope.call(
        claim.tenant(),
        () ->
            transactions.call(
                () ->
                    sql.sql(
                            "update %s set %s where tenant = ? and id = ? and epoch = ?"
                                .formatted(table, change))
                        .param(1, claim.tenant().slug())
                        // Text or UUID, as the column is.
                        .param(2, claim.id(), Types.OTHER)
                        .param(3, claim.epoch())
                        .update()));
  }
}
