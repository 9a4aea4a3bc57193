package ai.matih.ml.api.experiment.web;

import ai.matih.ml.common.audit.Audit;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Records what was changed in MLflow. MLflow is no part of our transactions: the row follows the
 * change, and a repeat of a request whose row is missing writes it.
 */
@Component
class Trail {

  private final Audit audit;
  private final TransactionTemplate transaction;

  Trail(Audit audit, PlatformTransactionManager transactions) {
    this.audit = audit;
    this.transaction = new TransactionTemplate(transactions);
  }

  void done(String action, String target, Map<String, ?> details) {
    transaction.executeWithoutResult(status -> audit.record(action, target, details));
  }
}
