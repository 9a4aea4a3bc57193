package ai.matih.ml.features;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;

/** With the online values in Redis. */
class CarriedValuesOnRedisIT extends CarriedValuesContract {

  private final Gateway onRedis =
      Gateway.with(TestFeast.onRedis(), Map.of("features.feast.registry-check-interval", "PT0S"));

  @Override
  Gateway makeGateway() {
    return onRedis;
  }

  @AfterAll
  void stop() {
    onRedis.close();
  }
}
