package ai.matih.ml.serving.prediction;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.traffic.ChosenTarget;
import java.time.Instant;

/**
 * Why a prediction was answered by whom.
 *
 * @param sticky whether the request named its unit, which therefore meets the same version again
 */
public record Explanation(
    Tenant tenant,
    String requestId,
    ModelId model,
    ChosenTarget target,
    boolean sticky,
    int rows,
    Instant at) {}
