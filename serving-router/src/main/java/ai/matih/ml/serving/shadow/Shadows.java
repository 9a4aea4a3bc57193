package ai.matih.ml.serving.shadow;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shadows and what routers counted of them. */
public interface Shadows {

  /** Counts of one router since it began to count, which stand in the place of its earlier ones. */
  record Counted(Tenant tenant, String shadowId, Map<Long, ShadowCounts> byLiveVersion) {
    public Counted {
      byLiveVersion = Map.copyOf(byLiveVersion);
    }
  }

  /** Adds one that runs, or ends it; the caller holds the model's lock. */
  void save(Shadow shadow);

  /** The one of a deployment that runs. */
  Optional<Shadow> running(String deploymentId);

  /** How many of a model run. */
  int running(ModelId model);

  Optional<Shadow> find(ModelId model, String id);

  /** Newest first. */
  List<Shadow> list(ModelId model, Optional<Long> version, Optional<String> afterId, int limit);

  /** Those of all tenants that run and whose deployments are ready. */
  List<OwnedShadow> running();

  /** Ends those of all tenants whose deployments have ended or drain. */
  int endWithDeployments(Instant now);

  /**
   * Stores counts; repeatable.
   *
   * @param source names the router and its start
   */
  void store(String source, List<Counted> counted);

  /** What all routers counted, by live version. */
  Map<Long, ShadowCounts> counts(String shadowId);
}
