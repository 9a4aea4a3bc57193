package ai.matih.ml.features;

import java.util.Map;

/** With the online values in PostgreSQL. */
class FeastParityIT extends FeastParityContract {

  @Override
  Gateway start(Map<String, String> overrides) {
    return Gateway.with(overrides);
  }

  @Override
  String feastsNotFound() {
    return "NOT_FOUND";
  }
}
