package ai.matih.ml.training.job;

import ai.matih.ml.bundle.BundleFiles;
import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.Violation;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.training.dataset.DatasetReference;
import ai.matih.ml.training.dataset.DatasetVersion;
import ai.matih.ml.training.dataset.Datasets;
import ai.matih.ml.training.packages.UserPackage;
import ai.matih.ml.training.packages.UserPackages;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Takes work about a version from the registry: to measure it on a data set, or to run a package of
 * tests beside its files.
 *
 * <p>The files are named by their digest alone, and the digest has to be theirs; where they lie is
 * known here.
 */
public final class ExamineVersion {

  private static final int MOST_FILES = 1_000;

  /** Each file that tests may read has a signed address in the job's environment. */
  private static final int MOST_FILES_OF_TESTS = 100;

  static final Pattern MODEL = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*+");

  /** A version's files, as the registry vouches for them. */
  public record Version(
      Optional<String> modelId,
      Optional<Integer> version,
      Optional<String> digest,
      Optional<Map<String, String>> files) {}

  /**
   * A version to measure.
   *
   * @param dataset {@code dataset:name@sha256:…}
   * @param requestedBy who asked the registry
   */
  public record EvaluationRequest(
      Version artifact,
      Optional<String> dataset,
      Optional<String> targetColumn,
      Optional<String> requestedBy) {}

  /**
   * A version to test.
   *
   * @param packageDigest of an uploaded package
   */
  public record TestsRequest(
      Version artifact, Optional<String> packageDigest, Optional<String> requestedBy) {}

  private final Jobs jobs;
  private final Datasets datasets;
  private final UserPackages packages;
  private final JobSettings settings;
  private final Clock clock;

  ExamineVersion(
      Jobs jobs, Datasets datasets, UserPackages packages, JobSettings settings, Clock clock) {
    this.jobs = jobs;
    this.datasets = datasets;
    this.packages = packages;
    this.settings = settings;
    this.clock = clock;
  }

  /** Repeatable by its key: the same key is the same job. */
  public Job evaluate(Caller caller, EvaluationRequest request, Optional<String> key) {
    List<Violation> violations = new ArrayList<>();
    VersionFiles version = version(request.artifact(), MOST_FILES, violations);
    Optional<DatasetReference> reference =
        request.dataset().flatMap(DatasetReference::parse).filter(r -> r.digest().isPresent());
    String target = request.targetColumn().orElse("");
    if (reference.isEmpty()) {
      violations.add(new Violation("dataset", "must look like dataset:name@sha256:digest"));
    }
    if (target.isBlank()) {
      violations.add(new Violation("target_column", "is required"));
    }
    refuse(violations);
    DatasetVersion data =
        datasets
            .find(reference.orElseThrow())
            .orElseThrow(() -> Problem.invalid("dataset", "there is no such data set"));
    if (data.column(target).isEmpty()) {
      throw Problem.invalid(
          "target_column", "'%s' is not a column of %s".formatted(target, data.reference()));
    }
    return add(
        caller,
        request.requestedBy(),
        key,
        new EvaluationSpecification(
            version,
            new JobSpecification.Source(
                data.reference().toString(), data.uri(), Optional.of(data.digest())),
            target,
            settings.aboutVersionTimeout()));
  }

  /** Repeatable by its key: the same key is the same job. */
  public Job test(Caller caller, TestsRequest request, Optional<String> key) {
    List<Violation> violations = new ArrayList<>();
    VersionFiles version = version(request.artifact(), MOST_FILES_OF_TESTS, violations);
    refuse(violations);
    UserPackage tests =
        request
            .packageDigest()
            .flatMap(packages::find)
            .orElseThrow(
                () ->
                    Problem.invalid(
                        "package_digest",
                        "there is no such package; upload it to /api/v1/ml/training/packages"));
    return add(
        caller,
        request.requestedBy(),
        key,
        new TestsSpecification(
            version,
            new TestsSpecification.Tests(tests.digest(), tests.uri(), tests.createdBy()),
            settings.aboutVersionTimeout()));
  }

  private Job add(
      Caller caller,
      Optional<String> requestedBy,
      Optional<String> key,
      JobSpecification specification) {
    JobId id =
        key.map(k -> JobId.ofRequest(caller.tenant().slug(), caller.principal(), k))
            .orElseGet(JobId::random);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Job job =
        jobs.add(
            Job.submitted(
                caller.tenant(), id, requestedBy.orElseGet(caller::actor), specification, now));
    if (!job.specification().equals(specification)) {
      throw new Problem(
          CommonError.IDEMPOTENCY_KEY_REUSED, "The key was used for another job before.");
    }
    return job;
  }

  private static void refuse(List<Violation> violations) {
    if (!violations.isEmpty()) {
      throw Problem.invalid(violations);
    }
  }

  private static VersionFiles version(Version asked, int mostFiles, List<Violation> violations) {
    String model = asked.modelId().orElse("");
    int number = asked.version().orElse(0);
    Map<String, String> files = asked.files().orElse(Map.of());
    if (!MODEL.matcher(model).matches() || model.length() > 64) {
      violations.add(new Violation("artifact.model_id", "must be the id of a model"));
    }
    if (number < 1) {
      violations.add(new Violation("artifact.version", "must be the number of a version"));
    }
    if (files.isEmpty() || files.size() > mostFiles) {
      violations.add(new Violation("artifact.files", "must be 1 to " + mostFiles + " files"));
    } else {
      checkFiles(files, asked.digest().orElse(""), "artifact", violations);
    }
    return new VersionFiles(model, Math.max(1, number), asked.digest().orElse(""), files);
  }

  static void checkFiles(
      Map<String, String> files, String digest, String field, List<Violation> violations) {
    try {
      if (!BundleFiles.of(files).digest().value().equals(digest)) {
        violations.add(new Violation(field + ".digest", "is not the digest of the files"));
      }
    } catch (BundleRefused _) {
      violations.add(new Violation(field + ".files", "must be plain paths with their SHA-256"));
    }
  }
}
