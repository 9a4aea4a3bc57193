package ai.matih.ml.api;

import ai.matih.ml.common.audit.Audit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Remembers which acts were recorded. */
public final class RememberingAudit extends Audit {

  public final List<String> actions = new ArrayList<>();

  @SuppressWarnings("NullAway") // It stores nothing.
  public RememberingAudit() {
    super(null, null, null);
  }

  @Override
  public void record(String action, String target, Map<String, ?> details) {
    actions.add(action);
  }
}
