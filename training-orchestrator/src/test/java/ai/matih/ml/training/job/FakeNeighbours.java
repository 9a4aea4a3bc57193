package ai.matih.ml.training.job;

import java.util.Map;

/** Neighbours in memory for tests of the whole service. */
public final class FakeNeighbours {

  private FakeNeighbours() {}

  /** The ports that they stand in for. */
  public static Map<Class<?>, Object> ports() {
    Neighbours neighbours = new Neighbours();
    return Map.of(
        ExperimentRuns.class, neighbours,
        FeaturePlans.class, neighbours,
        VersionRegistration.class, neighbours,
        JobOutputs.class, neighbours);
  }
}
