package ai.matih.ml.training.job;

import ai.matih.ml.common.storage.S3Uri;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The specification that the training code reads ({@code MATIH_JOB}); its README is the reference.
 */
final class TrainingDocument {

  private TrainingDocument() {}

  /**
   * @param sweep where the ledger of a search lies, the same for all attempts
   */
  static Map<String, Object> of(Job job, S3Uri output, Optional<S3Uri> earlierOutput, S3Uri sweep) {
    TrainingSpecification spec = job.training();
    RunReference run = job.run().orElseThrow();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("job_id", job.id().toString());
    document.put("attempt", job.attempt());
    document.put("tenant", job.tenant().slug());
    document.put("name", spec.name());
    document.put("algorithm", spec.algorithm().value());
    document.put("task", spec.task().wire());
    if (spec.join().isPresent()) {
      document.put("join", join(job, spec.join().get()));
    } else {
      Map<String, Object> dataset = new LinkedHashMap<>();
      dataset.put("uri", spec.source().uri().toString());
      spec.source().digest().ifPresent(digest -> dataset.put("digest", digest));
      document.put("dataset", dataset);
    }
    document.put("target_column", spec.targetColumn());
    spec.featureColumns().ifPresent(columns -> document.put("feature_columns", columns));
    spec.weightColumn().ifPresent(column -> document.put("weight_column", column));
    if (!spec.encodings().isEmpty()) {
      document.put("encodings", spec.encodings());
    }
    document.put("split", split(spec.split()));
    document.put("hyperparameters", spec.hyperparameters());
    spec.tuning().ifPresent(tuning -> document.put("tuning", TuningDocument.of(tuning, sweep)));
    document.put("resources", resources(spec.resources()));
    document.put(
        "checkpoints",
        Map.of("frequency", spec.checkpoints().frequency(), "keep", spec.checkpoints().keep()));
    document.put("max_failures", spec.maxFailures());
    document.put("run", Map.of("run_id", run.runId(), "experiment_id", run.experimentId()));
    document.put("output_uri", output.toString());
    earlierOutput.ifPresent(uri -> document.put("resume_from", uri.toString()));
    return document;
  }

  private static Map<String, Object> join(Job job, TrainingSpecification.Join asked) {
    Map<String, Object> join = new LinkedHashMap<>();
    join.put("entity_uri", job.training().source().uri().toString());
    job.training().source().digest().ifPresent(d -> join.put("entity_digest", d));
    join.put("timestamp_column", asked.timestampColumn());
    join.put(
        "views", job.plan().orElseThrow().views().stream().map(TrainingDocument::view).toList());
    asked.featureService().ifPresent(service -> join.put("feature_service", service));
    return join;
  }

  private static Map<String, Object> view(FeaturePlan.View view) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", view.name());
    document.put("source_uri", view.sourceUri());
    document.put("timestamp_column", view.timestampColumn());
    view.createdTimestampColumn().ifPresent(c -> document.put("created_timestamp_column", c));
    document.put("ttl_seconds", view.ttlSeconds());
    document.put("join_keys", view.joinKeys());
    document.put("features", view.features().stream().map(TrainingDocument::feature).toList());
    return document;
  }

  private static Map<String, Object> feature(FeaturePlan.Feature feature) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", feature.name());
    document.put("column", feature.column());
    feature.type().ifPresent(type -> document.put("type", type));
    return document;
  }

  private static Map<String, Object> split(TrainingSpecification.Split split) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("strategy", split.strategy());
    document.put("test_size", split.testSize());
    document.put("seed", split.seed());
    split.timeColumn().ifPresent(column -> document.put("time_column", column));
    return document;
  }

  private static Map<String, Object> resources(JobSpecification.Resources resources) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("num_workers", resources.numWorkers());
    document.put("cpus_per_worker", resources.cpusPerWorker());
    document.put("gpus_per_worker", resources.gpusPerWorker());
    resources.memoryBytesPerWorker().ifPresent(m -> document.put("memory_bytes_per_worker", m));
    return document;
  }
}
