package ai.matih.ml.serving.traffic.store;

import ai.matih.ml.serving.traffic.BucketRange;
import ai.matih.ml.serving.traffic.Split;
import ai.matih.ml.serving.traffic.Target;
import ai.matih.ml.serving.traffic.Weight;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** A target as its column stores it; buckets are pairs of bounds. */
record TargetRow(
    long version, String deploymentId, String variant, int weightBps, List<int[]> buckets) {

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  static String write(Split split) {
    return JSON.writeValueAsString(
        split.targets().stream()
            .map(
                t ->
                    new TargetRow(
                        t.version(),
                        t.deploymentId(),
                        t.variant(),
                        t.weight().bps(),
                        t.buckets().stream()
                            .map(range -> new int[] {range.from(), range.to()})
                            .toList()))
            .toList());
  }

  static Split read(String json) {
    return new Split(
        Arrays.stream(JSON.readValue(json, TargetRow[].class))
            .map(
                row ->
                    new Target(
                        row.version(),
                        row.deploymentId(),
                        row.variant(),
                        new Weight(row.weightBps()),
                        row.buckets().stream()
                            .map(pair -> new BucketRange(pair[0], pair[1]))
                            .toList()))
            .toList());
  }
}
