package ai.matih.ml.api.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one write to the tracker may hold, and how a larger one is split.
 *
 * <p>Parameters and tags go first: they are few, and whoever watches a run wants them before its
 * curves. The order is the same for the same input, so that a repeat meets the same parts.
 */
public record BatchLimits(int metrics, int params, int tags, int items, int bytes) {

  /** MLflow's documented limits, with room for the envelope in the byte limit. */
  public static final BatchLimits MLFLOW = new BatchLimits(1000, 100, 100, 1000, 900_000);

  /** Keys, punctuation and numbers of one item, generously. */
  private static final int ITEM_OVERHEAD = 120;

  public List<Measurements> split(Measurements all) {
    List<Measurements> batches = new ArrayList<>();
    Filling filling = new Filling();
    for (Map.Entry<String, String> param : new TreeMap<>(all.params()).entrySet()) {
      if (!filling.hasRoom(weight(param)) || filling.params.size() == params) {
        filling = filling.flush(batches);
      }
      filling.params.put(param.getKey(), param.getValue());
      filling.weight += weight(param);
    }
    for (Map.Entry<String, String> tag : new TreeMap<>(all.tags()).entrySet()) {
      if (!filling.hasRoom(weight(tag)) || filling.tags.size() == tags) {
        filling = filling.flush(batches);
      }
      filling.tags.put(tag.getKey(), tag.getValue());
      filling.weight += weight(tag);
    }
    for (MetricPoint metric : all.metrics()) {
      int weight = ITEM_OVERHEAD + metric.key().length() * 3;
      if (!filling.hasRoom(weight) || filling.metrics.size() == metrics) {
        filling = filling.flush(batches);
      }
      filling.metrics.add(metric);
      filling.weight += weight;
    }
    filling.flush(batches);
    return batches;
  }

  private static int weight(Map.Entry<String, String> entry) {
    return ITEM_OVERHEAD + 3 * (entry.getKey().length() + entry.getValue().length());
  }

  private final class Filling {
    private final Map<String, String> params = new LinkedHashMap<>();
    private final Map<String, String> tags = new LinkedHashMap<>();
    private final List<MetricPoint> metrics = new ArrayList<>();
    private int weight;

    boolean hasRoom(int more) {
      int count = params.size() + tags.size() + metrics.size();
      return count < items && (count == 0 || weight + more <= bytes);
    }

    Filling flush(List<Measurements> batches) {
      Measurements batch = new Measurements(params, tags, metrics);
      if (!batch.isEmpty()) {
        batches.add(batch);
      }
      return new Filling();
    }
  }
}
