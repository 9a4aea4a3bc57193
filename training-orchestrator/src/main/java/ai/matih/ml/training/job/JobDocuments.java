package ai.matih.ml.training.job;

import ai.matih.ml.common.storage.S3Uri;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The specifications that the code in the cluster reads ({@code MATIH_JOB}); its README is the
 * reference.
 *
 * <p>A job about a version gets addresses that are signed for single files and valid as long as the
 * job may take. Where the files lie follows from the version's digest; nobody can name another
 * place.
 */
final class JobDocuments {

  private static final String ONNX = "model.onnx";

  /** All that an evaluation reads of a version with an ONNX form; other files get no address. */
  private static final Set<String> MEASURED = Set.of(ONNX, "signature.json", "onnx.json");

  private static final Duration ROOM = Duration.ofMinutes(10);

  private final JobOutputs outputs;
  private final SignedAddresses signed;
  private final JobSettings settings;

  JobDocuments(JobOutputs outputs, SignedAddresses signed, JobSettings settings) {
    this.outputs = outputs;
    this.signed = signed;
    this.settings = settings;
  }

  Map<String, Object> of(Job job) {
    return switch (job.specification()) {
      case TrainingSpecification _ -> training(job);
      case PreparationSpecification preparation -> preparation(job, preparation);
      case EvaluationSpecification evaluation -> evaluation(job, evaluation);
      case TestsSpecification tests -> tests(job, tests);
    };
  }

  private Map<String, Object> training(Job job) {
    Optional<S3Uri> earlier =
        job.attempt() > 1 ? Optional.of(outputs.folder(job, job.attempt() - 1)) : Optional.empty();
    return TrainingDocument.of(
        job, outputs.folder(job, job.attempt()), earlier, outputs.sweep(job));
  }

  private Map<String, Object> preparation(Job job, PreparationSpecification preparation) {
    PreparationSpecification.SourceFiles source = preparation.files();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("kind", preparation.kind());
    document.put("job_id", job.id().toString());
    document.put("attempt", job.attempt());
    document.put("model_id", preparation.modelId());
    document.put("task", preparation.task().wire());
    document.put("run_id", job.run().orElseThrow().runId());
    document.put("source", files(job, source.digest(), source.sha256(), source.sha256().keySet()));
    document.put("origin", preparation.origin());
    document.put("metrics", preparation.metrics());
    preparation
        .examples()
        .ifPresent(
            examples ->
                document.put(
                    "data",
                    Map.of(
                        "url", readable(job, examples.uri()),
                        "digest", examples.digest().orElseThrow())));
    document.put("outputs", places(job, List.of("progress.json", "result.json", "failure.json")));
    return document;
  }

  private Map<String, Object> evaluation(Job job, EvaluationSpecification evaluation) {
    Map<String, Object> document =
        about(job, evaluation, measured(evaluation.version().files().keySet()));
    document.put(
        "data",
        Map.of(
            "url", readable(job, evaluation.data().uri()),
            "digest", evaluation.data().digest().orElseThrow()));
    document.put("target_column", evaluation.targetColumn());
    document.put("outputs", places(job, List.of("progress.json", "result.json", "failure.json")));
    return document;
  }

  private static Set<String> measured(Set<String> files) {
    return files.contains(ONNX) ? MEASURED : files;
  }

  private Map<String, Object> tests(Job job, TestsSpecification tests) {
    Map<String, Object> document = about(job, tests, tests.version().files().keySet());
    document.put(
        "package",
        Map.of("url", readable(job, tests.tests().uri()), "digest", tests.tests().digest()));
    document.put(
        "outputs",
        places(job, List.of("progress.json", "result.json", "failure.json", JobOutputs.REPORT)));
    return document;
  }

  private Map<String, Object> about(
      Job job, JobSpecification.AboutVersion specification, Set<String> read) {
    VersionFiles version = specification.version();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("kind", specification.kind());
    document.put("job_id", job.id().toString());
    document.put("attempt", job.attempt());
    document.put("model_id", version.modelId());
    document.put("version", version.number());
    document.put("bundle", files(job, version.digest(), version.files(), read));
    return document;
  }

  private Map<String, Object> files(
      Job job, String digest, Map<String, String> digests, Set<String> read) {
    String hex = digest.substring("sha256:".length());
    S3Uri folder = new S3Uri(settings.modelsBucket(), job.tenant().slug() + "/" + hex + "/");
    List<Map<String, Object>> files = new ArrayList<>();
    new TreeMap<>(digests)
        .forEach(
            (path, sha256) -> {
              Map<String, Object> file = new LinkedHashMap<>();
              file.put("path", path);
              file.put("sha256", sha256);
              if (read.contains(path)) {
                file.put("url", readable(job, folder.resolve(path)));
              }
              files.add(file);
            });
    return Map.of("digest", digest, "files", files);
  }

  private String readable(Job job, S3Uri file) {
    return signed.readable(file, goodFor(job));
  }

  private Map<String, String> places(Job job, List<String> names) {
    S3Uri folder = outputs.folder(job, job.attempt());
    Map<String, String> places = new LinkedHashMap<>();
    names.forEach(name -> places.put(name, signed.replaceable(folder.resolve(name), goodFor(job))));
    return places;
  }

  private static Duration goodFor(Job job) {
    return job.specification().timeout().plus(ROOM);
  }
}
