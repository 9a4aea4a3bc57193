package ai.matih.ml.serving.engine.triton;

import java.util.Map;
import java.util.TreeMap;

final class KnownModelsInMemory implements KnownModels {

  private Map<String, String> models = Map.of();

  @Override
  public synchronized Map<String, String> read() {
    return new TreeMap<>(models);
  }

  @Override
  public synchronized void write(Map<String, String> now) {
    models = Map.copyOf(now);
  }
}
