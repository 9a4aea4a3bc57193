package ai.matih.ml.registry.model.training;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.http.Addresses;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.http.EngineSettings;
import ai.matih.ml.common.http.ServiceClients;
import ai.matih.ml.registry.artifact.RunId;
import ai.matih.ml.registry.model.Evaluation;
import ai.matih.ml.registry.model.TrainingJobs;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** Reads jobs from the training orchestrator, speaking as this service. */
@Component
final class TrainingJobsOverRest implements TrainingJobs {

  private final RestClient training;

  TrainingJobsOverRest(ServiceClients services, Addresses addresses) {
    this.training =
        services.createInternal(
            "training-orchestrator",
            addresses.service("training"),
            EngineSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(10)));
  }

  private record WireJob(
      @Nullable String kind,
      String status,
      @Nullable WireModel model,
      @Nullable Evaluation evaluation,
      @Nullable String submittedBy) {}

  private record WireModel(@Nullable String runId, @Nullable String digest) {}

  @Override
  public Optional<TrainingJob> find(String jobId) {
    try {
      return Optional.ofNullable(
              training
                  .get()
                  .uri("/api/v1/ml/training/jobs/{id}", jobId)
                  .retrieve()
                  .body(WireJob.class))
          .map(job -> job(jobId, job));
    } catch (EngineFailure.Refused refused) {
      if (refused.status() == 404) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  private static TrainingJob job(String id, WireJob wire) {
    return new TrainingJob(
        id,
        "preparation".equals(wire.kind()),
        wire.status(),
        result(wire),
        Optional.ofNullable(wire.submittedBy()));
  }

  private static Optional<Result> result(WireJob wire) {
    WireModel model = wire.model();
    if (model == null || model.runId() == null || model.digest() == null) {
      return Optional.empty();
    }
    Evaluation evaluation = wire.evaluation() == null ? Evaluation.NONE : wire.evaluation();
    return Optional.of(
        new Result(new RunId(model.runId()), new Digest(model.digest()), evaluation));
  }
}
