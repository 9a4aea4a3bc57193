package ai.matih.ml.registry.model;

/** Told of a new version within the transaction that stores it. */
public interface RegistrationListener {

  void registered(ModelVersion version);
}
