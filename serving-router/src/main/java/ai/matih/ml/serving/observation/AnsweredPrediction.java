package ai.matih.ml.serving.observation;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.engine.Batch;
import ai.matih.ml.serving.engine.Scores;
import ai.matih.ml.serving.traffic.ChosenTarget;
import java.time.Duration;

/**
 * A prediction that was computed. The batch and the scores are the caller's own: read them, never
 * change them.
 *
 * @param unitGiven whether the request named its unit; otherwise it is one itself
 * @param latency from the parsed request to the scores
 * @param scored what of it the model computed
 * @param atMillis when, in epoch milliseconds
 */
public record AnsweredPrediction(
    Tenant tenant,
    ModelId model,
    String requestId,
    boolean unitGiven,
    ChosenTarget target,
    Batch batch,
    Scores scores,
    Duration latency,
    Duration scored,
    long atMillis) {}
