package ai.matih.ml.features;

import java.util.Map;

/** With the online values in Redis, where Feast calls what was never stored a present null. */
class FeastParityOnRedisIT extends FeastParityContract {

  @Override
  Gateway start(Map<String, String> overrides) throws Exception {
    return Gateway.with(TestFeast.onRedis(), overrides);
  }

  @Override
  String feastsNotFound() {
    return "PRESENT";
  }
}
