package ai.matih.ml.registry.evidence;

/** Wakes the validation of versions once the current transaction commits. */
@FunctionalInterface
public interface ValidationSignal {

  void send();
}
