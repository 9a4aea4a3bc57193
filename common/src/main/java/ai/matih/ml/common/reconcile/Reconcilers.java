package ai.matih.ml.common.reconcile;

import ai.matih.ml.common.transaction.Transactions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The background work of this replica. It renews what its reconcilers hold and gives all of it back
 * at the end, after the loops have ended.
 */
public final class Reconcilers implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Reconcilers.class);

  private final JdbcClient sql;
  private final Transactions transactions;
  private final Signals signals;
  private final Map<Claims, String> topics = new ConcurrentHashMap<>();
  private final Loop renewals = new Loop("leases", Claims.LEASE.dividedBy(3), this::renew);

  public Reconcilers(JdbcClient sql, Transactions transactions, Signals signals) {
    this.sql = sql;
    this.transactions = transactions;
    this.signals = signals;
  }

  /**
   * A reconciler over the rows of a table.
   *
   * @param name of its thread and in the log
   */
  public ReconcilerBuilder of(String name, String table) {
    return new ReconcilerBuilder(this, name, table);
  }

  Claims claims(String name, String table, String where, String dueAt, String order) {
    Claims claims = new Claims(sql, transactions, table, where, dueAt, order);
    topics.put(claims, freed(name));
    return claims;
  }

  /** Wakes a loop by a topic, and when another replica gave its rows back. */
  void listen(String name, List<String> wokenBy, Runnable wake) {
    wokenBy.forEach(topic -> signals.listen(topic, wake));
    signals.listen(freed(name), wake);
  }

  private static String freed(String name) {
    return "freed." + name;
  }

  private int renew() {
    topics.keySet().forEach(Claims::renew);
    return 0;
  }

  /** Gives back what is left of a round. */
  void giveBack(String name) {
    topics.forEach(
        (claims, topic) -> {
          if (topic.equals(freed(name))) {
            giveBack(claims);
          }
        });
  }

  /** Gives back what is held, and tells the other replicas. */
  void giveBack(Claims claims) {
    String topic = Objects.requireNonNull(topics.get(claims));
    try {
      if (claims.releaseAll()) {
        signals.send(topic);
      }
    } catch (RuntimeException e) {
      log.warn("{}: rows could not be given back, their leases end: {}", topic, e.toString());
    }
  }

  @Override
  public void start() {
    renewals.start();
  }

  @Override
  public void stop() {
    renewals.stop();
    topics.keySet().forEach(this::giveBack);
  }

  @Override
  public boolean isRunning() {
    return renewals.isRunning();
  }

  /** Ends after the loops, which still hold something. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 1;
  }
}
