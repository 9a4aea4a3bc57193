package ai.matih.ml.api.experiment;

import java.util.List;
import java.util.Map;

/** What a caller wants to write down about a run; any size. */
public record Measurements(
    Map<String, String> params, Map<String, String> tags, List<MetricPoint> metrics) {

  public Measurements {
    params = Map.copyOf(params);
    tags = Map.copyOf(tags);
    metrics = List.copyOf(metrics);
  }

  public boolean isEmpty() {
    return params.isEmpty() && tags.isEmpty() && metrics.isEmpty();
  }

  /** How many of each kind. */
  public record Counts(int params, int tags, int metrics) {
    public Counts plus(Measurements more) {
      return new Counts(
          params + more.params().size(),
          tags + more.tags().size(),
          metrics + more.metrics().size());
    }
  }
}
