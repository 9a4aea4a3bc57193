package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.model.ModelId;
import ai.matih.ml.registry.model.VersionNumber;
import java.util.List;

/** The current tenant's evidence; it only grows. */
public interface EvidenceLog {

  void add(Evidence evidence);

  /** All evidence of a version, oldest first. */
  List<Evidence> of(ModelId model, VersionNumber version);
}
