package ai.matih.ml.serving.deployment.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A deployment as callers see it.
 *
 * @param progress how many of 100 steps to {@code ready}
 * @param routers what each router reports about it
 */
record DeploymentView(
    String id,
    String modelId,
    long version,
    String engine,
    String status,
    int progress,
    String stage,
    String digest,
    String strategy,
    List<ConditionView> conditions,
    List<RouterView> routers,
    @Nullable String reason,
    String requestedBy,
    String createdAt,
    String statusSince) {

  /** One thing that is so or not, and why. */
  record ConditionView(String type, String status, String reason, String message, String since) {}

  /** The report of one router. */
  record RouterView(
      String id,
      boolean fresh,
      String hold,
      long trafficRevision,
      int inFlight,
      @Nullable String lastRequestAt,
      @Nullable String failure) {}
}
