package ai.matih.ml.common.audit;

/**
 * Told of every change within the transaction that makes it; what it throws undoes the change.
 * Refusals change nothing and are not told.
 */
public interface AuditListener {

  void recorded(AuditRow row);
}
