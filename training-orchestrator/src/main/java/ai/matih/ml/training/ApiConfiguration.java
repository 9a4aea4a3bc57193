package ai.matih.ml.training;

import ai.matih.ml.common.ApiForms;
import ai.matih.ml.training.algorithm.Algorithms;
import ai.matih.ml.training.algorithm.Task;
import ai.matih.ml.training.job.JobStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the API describes what paths, queries and bodies may hold. */
@Configuration
class ApiConfiguration {

  private static final String DATASET = "[a-z0-9]+([-_][a-z0-9]+)*";

  private static final String SOURCE =
      "(dataset:" + DATASET + "(@sha256:[0-9a-f]{64})?|s3://[^\\x00-\\x20]+)";
  private static final String TYPE = "[^\\x00]+:(boolean|date|double|long|string|timestamp)";

  @Bean
  ApiForms apiForms(Algorithms algorithms) {
    return job(
        algorithms,
        ApiForms.none()
            .text("/api/v1/ml/training/datasets/", "name", DATASET, 64)
            .text("/api/v1/ml/training/datasets/", "type", TYPE, 300)
            .text("/api/v1/ml/training/", "digest", "sha256:[0-9a-f]{64}", 71)
            .number("/api/v1/ml/training/datasets/", "rows", 1, 100)
            .number("/api/v1/ml/training/capacity", "priority", -100, 100)
            .number("/api/v1/ml/training/jobs/", "tail", 1, 10_000)
            .number("/api/v1/ml/training/jobs/", "attempt", 1, 999_999)
            .oneOf("/api/v1/ml/training/jobs", "status", words(JobStatus.values())));
  }

  private static ApiForms job(Algorithms algorithms, ApiForms parameters) {
    return parameters
        .needs("JobRequest", "name", "experiment_id", "algorithm", "task", "target_column")
        .field(
            "JobRequest",
            "name",
            "[^/'\"%\\\\`\\s\\x00-\\x20\\x7f][^/'\"%\\\\`\\x00-\\x1f\\x7f-\\x9f]*",
            100)
        .field("JobRequest", "experiment_id", "[0-9]{1,20}", 20)
        .field("JobRequest", "algorithm", algorithms.all())
        .field("JobRequest", "task", words(Task.values()))
        .field("JobRequest", "target_column", ApiForms.COLUMN, 255)
        .field("JobRequest", "feature_columns", ApiForms.COLUMN, 255)
        .field("JobRequest", "weight_column", ApiForms.COLUMN, 255)
        .entries("JobRequest", "feature_columns", 1, 5000)
        .field("JobRequest", "max_failures", 0, 10)
        .field("JobRequest", "priority", -100, 100)
        .duration("JobRequest", "timeout")
        .needs("Dataset", "source")
        .field("Dataset", "source", SOURCE, 2048)
        .needs("Features", "entity_source", "timestamp_column")
        .field("Features", "entity_source", SOURCE, 2048)
        .field("Features", "timestamp_column", ApiForms.COLUMN, 255)
        .field("Features", "features", "[A-Za-z0-9_]{1,200}:[A-Za-z0-9_]{1,200}", 401)
        .entries("Features", "features", 1, 500)
        .field("Features", "feature_service", "[A-Za-z0-9_-]{1,200}", 200)
        .field("Split", "time_column", ApiForms.COLUMN, 255)
        .fraction("Split", "test_size")
        .field("Checkpoints", "frequency", 1, 10_000)
        .field("Checkpoints", "keep", 1, 20)
        .field("Split", "strategy", List.of("random", "stratified", "time"))
        .field("Split", "seed", 0, Integer.MAX_VALUE)
        .field("Resources", "num_workers", 1, 256)
        .field("Resources", "cpus_per_worker", "0.001", "1024")
        .field("Resources", "gpus_per_worker", "0", "64")
        .field("Resources", "memory_bytes_per_worker", 1, 1L << 44)
        .field("Tuning", "search", List.of("bayesian", "grid", "random"))
        .field("Tuning", "mode", List.of("max", "min"))
        .field("Scheduler", "type", List.of("asha", "median"))
        .duration("Budget", "wall_time")
        .needs("Register", "model_id")
        .field("Register", "model_id", ApiForms.MODEL_ID, 64);
  }

  private static List<String> words(Enum<?>[] constants) {
    return Arrays.stream(constants).map(one -> one.name().toLowerCase(Locale.ROOT)).toList();
  }
}
