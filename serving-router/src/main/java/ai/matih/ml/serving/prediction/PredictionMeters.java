package ai.matih.ml.serving.prediction;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ModelId;
import java.time.Duration;

/** Counts answers and refusals. Must not block, and must bound what it tells apart. */
public interface PredictionMeters {

  void answered(Tenant tenant, ModelId model, long version, String variant, Duration latency);

  void refused(Problem problem);
}
