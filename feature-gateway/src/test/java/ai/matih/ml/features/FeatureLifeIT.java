package ai.matih.ml.features;

/** With the online values in PostgreSQL. */
class FeatureLifeIT extends FeatureLifeContract {

  @Override
  Gateway makeGateway() {
    return Gateway.shared();
  }
}
