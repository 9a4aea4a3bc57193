package ai.matih.ml.serving.prediction;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import java.time.Instant;

/**
 * Why a prediction was answered by whom.
 *
 * @param bucket the unit's bucket, -1 for a pinned call
 * @param revision the revision of the traffic at that moment
 */
public record Explanation(
    Tenant tenant,
    String requestId,
    ModelId model,
    long version,
    String variant,
    String deploymentId,
    long revision,
    int bucket,
    boolean sticky,
    int rows,
    Instant at) {}
