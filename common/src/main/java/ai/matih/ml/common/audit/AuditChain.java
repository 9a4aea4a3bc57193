package ai.matih.ml.common.audit;

import java.util.Iterator;

/** Follows a chain row by row. Pure: it judges rows, wherever they were read from. */
public final class AuditChain {

  private AuditHead head = AuditHead.START;

  /** Takes the next row; false, and nothing taken, when it is not the one that follows. */
  public boolean take(AuditRow row) {
    boolean fits =
        row.seq() == head.seq() + 1
            && row.previousHash().equals(head.hash())
            && row.hash().equals(row.hashBehind(head.hash()));
    if (fits) {
      head = new AuditHead(row.seq(), row.hash());
    }
    return fits;
  }

  public AuditHead head() {
    return head;
  }

  /**
   * The number of the first row that does not fit, or 0 when the whole chain holds.
   *
   * @param stored where the chain is said to end
   */
  public static long firstBroken(Iterator<AuditRow> rows, AuditHead stored) {
    AuditChain chain = new AuditChain();
    while (rows.hasNext()) {
      if (!chain.take(rows.next())) {
        return chain.head().seq() + 1;
      }
    }
    return chain.head().equals(stored) ? 0 : chain.head().seq() + 1;
  }
}
