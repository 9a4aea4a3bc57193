package ai.matih.ml.api.experiment.web;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.transaction.Transactions;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Records what was changed in MLflow. MLflow is no part of our transactions: the row follows the
 * change, and a repeat of a request whose row is missing writes it.
 */
@Component
class Trail {

  private final Audit audit;
  private final Transactions transactions;

  Trail(Audit audit, Transactions transactions) {
    this.audit = audit;
    this.transactions = transactions;
  }

  void done(String action, String target, Map<String, ?> details) {
    transactions.run(() -> audit.record(action, target, details));
  }
}
