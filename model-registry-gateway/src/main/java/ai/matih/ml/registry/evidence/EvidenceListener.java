package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.model.ModelId;

/** Told, within the transaction that stores it, that a model has new evidence. */
public interface EvidenceListener {

  void recorded(ModelId model);
}
