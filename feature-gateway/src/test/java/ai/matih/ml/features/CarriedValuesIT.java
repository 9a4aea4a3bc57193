package ai.matih.ml.features;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;

/** With the online values in PostgreSQL. */
class CarriedValuesIT extends CarriedValuesContract {

  private final Gateway onPostgres =
      Gateway.with(Map.of("features.feast.registry-check-interval", "PT0S"));

  @Override
  Gateway makeGateway() {
    return onPostgres;
  }

  @AfterAll
  void stop() {
    onPostgres.close();
  }
}
