package ai.matih.ml.common.audit;

/**
 * Where a tenant's chain ends.
 *
 * @param seq of the last row, 0 when there is none
 */
public record AuditHead(long seq, String hash) {

  static final AuditHead START = new AuditHead(0, "0".repeat(64));
}
