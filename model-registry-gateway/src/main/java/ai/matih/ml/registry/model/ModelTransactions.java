package ai.matih.ml.registry.model;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.transaction.Transactions;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Work on models in transactions, with its audit rows and its time. Everybody who changes a model
 * begins with its lock.
 */
public final class ModelTransactions {

  private final Models models;
  private final Audit audit;
  private final Transactions transactions;
  private final Clock clock;

  public ModelTransactions(Models models, Audit audit, Transactions transactions, Clock clock) {
    this.models = models;
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** As exactly as the database keeps it. */
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /** Somebody's act for the audit chain, in the caller's transaction. */
  public void record(String action, String target, Map<String, ?> details) {
    audit.record(action, target, details);
  }

  /** The same of an act that was refused. */
  public void refused(String action, String target, Map<String, ?> details) {
    audit.refused(action, target, details);
  }

  /** Without a lock, for what only reads. */
  public <T> T call(Supplier<T> work) {
    return transactions.call(work);
  }

  /** The same without a result. */
  public void run(Runnable work) {
    transactions.run(work);
  }

  /** In one transaction that holds the model's lock. */
  public <T> T locked(ModelId model, Supplier<T> work) {
    return transactions.call(
        () -> {
          models.lock(model);
          return work.get();
        });
  }

  /** The same without a result. */
  public void runLocked(ModelId model, Runnable work) {
    transactions.run(
        () -> {
          models.lock(model);
          work.run();
        });
  }

  /**
   * Somebody's act on a model, under its lock. A refusal is audited, though the act is rolled back.
   *
   * @param refused the audited action of a refusal
   * @param target what the audit row is about
   */
  public <T> T audited(
      ModelId model, String refused, String target, Map<String, ?> details, Supplier<T> act) {
    try {
      return locked(model, act);
    } catch (Problem refusal) {
      Map<String, Object> why = new HashMap<>(details);
      why.put("reason", String.valueOf(refusal.detail()));
      audit.refused(refused, target, why);
      throw refusal;
    }
  }
}
