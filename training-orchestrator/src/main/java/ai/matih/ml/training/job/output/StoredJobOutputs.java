package ai.matih.ml.training.job.output;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.training.cluster.JobLog;
import ai.matih.ml.training.job.EvaluationSpecification;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobFailure;
import ai.matih.ml.training.job.JobOutputs;
import ai.matih.ml.training.job.JobProgress;
import ai.matih.ml.training.job.JobResult;
import ai.matih.ml.training.job.JobSettings;
import ai.matih.ml.training.job.JobWarning;
import ai.matih.ml.training.job.Leaderboard;
import ai.matih.ml.training.job.LearnedColumn;
import ai.matih.ml.training.job.MeasuredVersion;
import ai.matih.ml.training.job.PreparationSpecification;
import ai.matih.ml.training.job.TestedVersion;
import ai.matih.ml.training.job.TestsSpecification;
import ai.matih.ml.training.job.TrainedModel;
import ai.matih.ml.training.job.TrainingSpecification;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/** Reads what the training code leaves below {@code <tenant>/jobs/<job>/a<attempt>}. */
@Component
class StoredJobOutputs implements JobOutputs {

  private static final Logger log = LoggerFactory.getLogger(StoredJobOutputs.class);
  private static final int SMALL = 64 * 1024;

  /** With all its warnings, each about a column whose name may be long. */
  private static final int PROGRESS = 1 << 20;

  private static final int LARGE = 8 << 20;
  private static final int MOST_OBJECTS = 10_000;
  private static final int LONGEST_MESSAGE = 2_000;
  private static final int MOST_WARNINGS = 100;
  private static final Pattern CODE = Pattern.compile("[a-z][a-z_]{1,60}");

  private final ObjectStore store;
  private final JobSettings settings;

  StoredJobOutputs(ObjectStore store, JobSettings settings) {
    this.store = store;
    this.settings = settings;
  }

  record Progress(
      @Nullable String phase,
      int iteration,
      int total,
      @Nullable Map<String, Double> metrics,
      @Nullable Instant at,
      @Nullable List<@Nullable Warning> warnings) {}

  record Warning(@Nullable String code, @Nullable String column, @Nullable String message) {}

  record Failure(@Nullable String code, @Nullable String message) {}

  record Result(
      @Nullable String runId,
      @Nullable String artifactPath,
      @Nullable String digest,
      @Nullable Map<String, String> files,
      @Nullable Map<String, Double> metrics,
      @Nullable Map<String, Object> evaluation,
      @Nullable String dataDigest,
      @Nullable Map<String, Object> signature,
      @Nullable List<@Nullable Warning> warnings,
      @Nullable List<@Nullable Used> columns) {}

  record Used(
      @Nullable String name,
      @Nullable String encoding,
      @Nullable Integer categories,
      @Nullable String missing,
      @Nullable Double fill) {}

  record Measured(
      @Nullable String digest,
      @Nullable String dataDigest,
      @Nullable String targetColumn,
      long rows,
      long rowsWithoutTarget,
      @Nullable Map<String, Double> metrics,
      @Nullable String engine) {}

  record Tested(
      @Nullable String digest,
      @Nullable String packageDigest,
      int exitStatus,
      @Nullable String reportSha256) {}

  @Override
  public S3Uri folder(Job job, int attempt) {
    return new S3Uri(settings.bucket(), job.tenant() + "/jobs/" + job.id() + "/a" + attempt);
  }

  @Override
  public S3Uri sweep(Job job) {
    return new S3Uri(settings.bucket(), job.tenant() + "/jobs/" + job.id() + "/sweep");
  }

  @Override
  public Optional<Leaderboard> trials(Job job) {
    return read(sweep(job).resolve("trials.json"), LARGE, TrialsFile.class)
        .flatMap(TrialsFile::leaderboard);
  }

  private S3Uri file(Job job, String name) {
    return folder(job, job.attempt()).resolve(name);
  }

  @Override
  public Optional<JobProgress> progress(Job job) {
    return read(job, "progress.json", PROGRESS, Progress.class)
        .filter(p -> p.phase() != null && p.at() != null)
        .map(
            p ->
                new JobProgress(
                    Objects.requireNonNull(p.phase()),
                    p.iteration(),
                    p.total(),
                    finite(p.metrics()),
                    Objects.requireNonNull(p.at()),
                    warnings(p.warnings())));
  }

  @Override
  public Optional<JobFailure> failure(Job job) {
    return read(job, "failure.json", SMALL, Failure.class)
        .filter(f -> f.code() != null && CODE.matcher(f.code()).matches() && f.message() != null)
        .map(
            f -> {
              String message = Objects.requireNonNull(f.message());
              return new JobFailure(
                  Objects.requireNonNull(f.code()),
                  message.substring(0, Math.min(message.length(), LONGEST_MESSAGE)));
            });
  }

  @Override
  public Optional<JobResult> result(Job job) throws ResultInvalid {
    Optional<byte[]> bytes = store.read(file(job, "result.json"), LARGE);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (job.specification()) {
          case TrainingSpecification training ->
              checked(job, training, parsed(bytes.get(), Result.class));
          case PreparationSpecification _ -> made(job, parsed(bytes.get(), Result.class));
          case EvaluationSpecification evaluation ->
              checked(evaluation, parsed(bytes.get(), Measured.class));
          case TestsSpecification tests -> checked(job, tests, parsed(bytes.get(), Tested.class));
        });
  }

  private static <T> T parsed(byte[] bytes, Class<T> type) throws ResultInvalid {
    try {
      T result = EngineClients.LENIENT_JSON.readValue(bytes, type);
      if (result != null) {
        return result;
      }
    } catch (JacksonException _) {
      // As good as none.
    }
    throw new ResultInvalid("The code left a result that cannot be read.");
  }

  private static MeasuredVersion checked(EvaluationSpecification asked, Measured result)
      throws ResultInvalid {
    if (!asked.version().digest().equals(result.digest())) {
      throw new ResultInvalid("The result is about other files than the version's.");
    }
    if (!asked.data().digest().equals(Optional.ofNullable(result.dataDigest()))
        || !asked.targetColumn().equals(result.targetColumn())) {
      throw new ResultInvalid("The version was measured on other data than was asked for.");
    }
    Map<String, Double> metrics = finite(result.metrics());
    if (metrics.isEmpty() || result.rows() < 1) {
      throw new ResultInvalid("The result has no metrics.");
    }
    return new MeasuredVersion(
        asked.version().digest(),
        asked.data().digest().orElseThrow(),
        asked.targetColumn(),
        result.rows(),
        result.rowsWithoutTarget(),
        metrics,
        Objects.requireNonNullElse(result.engine(), "unknown"));
  }

  /** The report is written before the result that names it. */
  private TestedVersion checked(Job job, TestsSpecification asked, Tested result)
      throws ResultInvalid {
    if (!asked.version().digest().equals(result.digest())
        || !asked.tests().digest().equals(result.packageDigest())) {
      throw new ResultInvalid("The result is about another version or another package.");
    }
    byte[] report =
        store
            .read(file(job, REPORT), LARGE)
            .orElseThrow(() -> new ResultInvalid("The tests left no report."));
    String digest = Digest.of(report).value();
    if (!digest.equals("sha256:" + result.reportSha256())) {
      throw new ResultInvalid("The report is another one than the result names.");
    }
    return new TestedVersion(
        asked.version().digest(), asked.tests().digest(), result.exitStatus(), digest);
  }

  @Override
  public Optional<byte[]> report(Job job) {
    Optional<String> named =
        job.result()
            .flatMap(
                result ->
                    result instanceof TestedVersion tested
                        ? Optional.of(tested.reportDigest())
                        : Optional.empty());
    return named.flatMap(
        digest ->
            store
                .read(file(job, REPORT), LARGE)
                .filter(report -> digest.equals(Digest.of(report).value())));
  }

  @Override
  public Optional<InputStream> split(Job job) {
    return job.model().flatMap(_ -> store.get(file(job, "split.parquet")));
  }

  private static TrainedModel checked(Job job, TrainingSpecification asked, Result result)
      throws ResultInvalid {
    TrainedModel model = made(job, result);
    Optional<String> expected = asked.source().digest();
    if (asked.join().isEmpty()
        && expected.isPresent()
        && !expected.get().equals(model.dataDigest())) {
      throw new ResultInvalid("The model was trained on other data than the job names.");
    }
    return model;
  }

  /** The registry trusts what is said here, so it has to hold together. */
  private static TrainedModel made(Job job, Result result) throws ResultInvalid {
    if (result.runId() == null
        || result.artifactPath() == null
        || result.digest() == null
        || result.files() == null
        || result.files().isEmpty()
        || result.dataDigest() == null) {
      throw new ResultInvalid("The training code left an incomplete result.");
    }
    if (!job.run().map(run -> run.runId().equals(result.runId())).orElse(false)) {
      throw new ResultInvalid("The result names another run than the job's.");
    }
    if (!Digest.ofFiles(result.files()).value().equals(result.digest())) {
      throw new ResultInvalid("The digest of the result does not fit its files.");
    }
    return new TrainedModel(
        result.runId(),
        result.artifactPath(),
        result.digest(),
        result.files(),
        finite(result.metrics()),
        withoutNulls(result.evaluation()),
        result.dataDigest(),
        withoutNulls(result.signature()),
        warnings(result.warnings()),
        columns(result.columns()));
  }

  private static List<LearnedColumn> columns(@Nullable List<@Nullable Used> left) {
    List<LearnedColumn> kept = new ArrayList<>();
    for (Used column : Objects.requireNonNullElse(left, List.<@Nullable Used>of())) {
      if (column != null
          && column.name() != null
          && column.encoding() != null
          && column.missing() != null) {
        kept.add(
            new LearnedColumn(
                column.name(),
                column.encoding(),
                Optional.ofNullable(column.categories()),
                column.missing(),
                Optional.ofNullable(column.fill()).filter(Double::isFinite)));
      }
    }
    return kept;
  }

  @Override
  public List<Checkpoint> checkpoints(Job job) {
    List<Checkpoint> found = new ArrayList<>();
    for (int attempt = 1; attempt <= job.attempt(); attempt++) {
      S3Uri folder = folder(job, attempt).resolve("train/");
      Map<String, Long> sizes = new TreeMap<>();
      store
          .list(folder, MOST_OBJECTS)
          .forEach(
              object -> {
                String below = object.uri().key().substring(folder.key().length());
                int end = below.indexOf('/');
                if (end > 0 && below.startsWith("checkpoint_")) {
                  sizes.merge(below.substring(0, end), object.sizeBytes(), Long::sum);
                }
              });
      int of = attempt;
      sizes.forEach(
          (name, size) ->
              found.add(new Checkpoint(of, name, folder.resolve(name).toString(), size)));
    }
    return found;
  }

  @Override
  public void keepLog(Job job, JobLog text) {
    byte[] bytes = text.text().getBytes(StandardCharsets.UTF_8);
    store.put(
        file(job, text.truncated() ? "driver-tail.log" : "driver.log"),
        new ByteArrayInputStream(bytes),
        bytes.length,
        "text/plain; charset=utf-8");
  }

  @Override
  public Optional<JobLog> keptLog(Job job, int attempt) {
    S3Uri folder = folder(job, attempt);
    return keptLog(folder.resolve("driver.log"), false)
        .or(() -> keptLog(folder.resolve("driver-tail.log"), true));
  }

  private Optional<JobLog> keptLog(S3Uri file, boolean truncated) {
    return store
        .read(file, LARGE)
        .map(bytes -> new JobLog(new String(bytes, StandardCharsets.UTF_8), truncated));
  }

  private <T> Optional<T> read(Job job, String name, int max, Class<T> type) {
    return read(file(job, name), max, type);
  }

  private <T> Optional<T> read(S3Uri file, int max, Class<T> type) {
    try {
      return store.read(file, max).map(bytes -> EngineClients.LENIENT_JSON.readValue(bytes, type));
    } catch (JacksonException e) {
      log.warn("{} cannot be read", file);
      return Optional.empty();
    } catch (EngineFailure.Misbehaved e) {
      log.warn("{} was not read: {}", file, e.toString());
      return Optional.empty();
    }
  }

  /** Those of codes that are known. */
  private static List<JobWarning> warnings(@Nullable List<@Nullable Warning> left) {
    List<JobWarning> kept = new ArrayList<>();
    for (Warning warning : Objects.requireNonNullElse(left, List.<@Nullable Warning>of())) {
      if (warning == null || warning.code() == null || warning.message() == null) {
        continue;
      }
      String message = warning.message();
      JobWarning.Code.ofWire(warning.code())
          .ifPresent(
              code ->
                  kept.add(
                      new JobWarning(
                          code,
                          Optional.ofNullable(warning.column()),
                          message.substring(0, Math.min(message.length(), LONGEST_MESSAGE)))));
    }
    return kept.subList(0, Math.min(kept.size(), MOST_WARNINGS));
  }

  private static Map<String, Double> finite(@Nullable Map<String, Double> metrics) {
    Map<String, Double> kept = new LinkedHashMap<>();
    Objects.requireNonNullElse(metrics, Map.<String, Double>of())
        .forEach(
            (name, value) -> {
              if (value != null && Double.isFinite(value)) {
                kept.put(name, value);
              }
            });
    return kept;
  }

  private static Map<String, Object> withoutNulls(@Nullable Map<String, Object> map) {
    Map<String, Object> kept = new HashMap<>();
    Objects.requireNonNullElse(map, Map.<String, Object>of())
        .forEach(
            (name, value) -> {
              if (value != null) {
                kept.put(name, value);
              }
            });
    return kept;
  }
}
