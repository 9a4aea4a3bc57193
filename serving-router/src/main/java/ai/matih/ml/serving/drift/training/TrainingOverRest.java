package ai.matih.ml.serving.drift.training;

import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.serving.drift.TrainingJobs;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** Submits to the training orchestrator. */
public final class TrainingOverRest implements TrainingJobs {

  private final RestClient client;

  public TrainingOverRest(RestClient client) {
    this.client = client;
  }

  /** The orchestrator's answer, as far as it is read. */
  private record JobAnswer(@Nullable String jobId) {}

  @Override
  public String submit(String key, Map<String, Object> job) {
    JobAnswer answer =
        client
            .post()
            .uri("/api/v1/ml/training/submit")
            .header("Idempotency-Key", key)
            .contentType(MediaType.APPLICATION_JSON)
            .body(job)
            .retrieve()
            .body(JobAnswer.class);
    String id = answer == null ? null : answer.jobId();
    if (id == null) {
      throw new EngineFailure.Misbehaved("training", 202, "a job without an id");
    }
    return id;
  }
}
