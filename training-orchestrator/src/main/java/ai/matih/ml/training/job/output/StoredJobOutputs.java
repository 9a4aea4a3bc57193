package ai.matih.ml.training.job.output;

import ai.matih.ml.common.http.EngineClients;
import ai.matih.ml.common.http.EngineFailure;
import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.training.cluster.JobLog;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobFailure;
import ai.matih.ml.training.job.JobOutputs;
import ai.matih.ml.training.job.JobProgress;
import ai.matih.ml.training.job.JobSettings;
import ai.matih.ml.training.job.TrainedModel;
import java.io.ByteArrayInputStream;
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
  private static final int LARGE = 8 << 20;
  private static final int MOST_OBJECTS = 10_000;
  private static final int LONGEST_MESSAGE = 2_000;
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
      @Nullable Instant at) {}

  record Failure(@Nullable String code, @Nullable String message) {}

  record Result(
      @Nullable String runId,
      @Nullable String artifactPath,
      @Nullable String digest,
      @Nullable Map<String, String> files,
      @Nullable Map<String, Double> metrics,
      @Nullable Map<String, Object> evaluation,
      @Nullable String dataDigest,
      @Nullable Map<String, Object> signature) {}

  @Override
  public S3Uri folder(Job job, int attempt) {
    return new S3Uri(settings.bucket(), job.tenant() + "/jobs/" + job.id() + "/a" + attempt);
  }

  private S3Uri file(Job job, String name) {
    return folder(job, job.attempt()).resolve(name);
  }

  @Override
  public Optional<JobProgress> progress(Job job) {
    return read(job, "progress.json", SMALL, Progress.class)
        .filter(p -> p.phase() != null && p.at() != null)
        .map(
            p ->
                new JobProgress(
                    Objects.requireNonNull(p.phase()),
                    p.iteration(),
                    p.total(),
                    finite(p.metrics()),
                    Objects.requireNonNull(p.at())));
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
  public Optional<TrainedModel> result(Job job) throws ResultInvalid {
    Optional<byte[]> bytes = store.read(file(job, "result.json"), LARGE);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    Result result;
    try {
      result = EngineClients.LENIENT_JSON.readValue(bytes.get(), Result.class);
    } catch (JacksonException e) {
      throw new ResultInvalid("The training code left a result that cannot be read.");
    }
    return Optional.of(checked(job, result));
  }

  /** The registry trusts what is said here, so it has to hold together. */
  private static TrainedModel checked(Job job, Result result) throws ResultInvalid {
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
    if (!BundleDigest.of(result.files()).equals(result.digest())) {
      throw new ResultInvalid("The digest of the result does not fit its files.");
    }
    Optional<String> expected = job.specification().source().digest();
    if (job.specification().join().isEmpty()
        && expected.isPresent()
        && !expected.get().equals(result.dataDigest())) {
      throw new ResultInvalid("The model was trained on other data than the job names.");
    }
    return new TrainedModel(
        result.runId(),
        result.artifactPath(),
        result.digest(),
        result.files(),
        finite(result.metrics()),
        withoutNulls(result.evaluation()),
        result.dataDigest(),
        withoutNulls(result.signature()));
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
  public Optional<JobLog> keptLog(Job job) {
    return keptLog(job, "driver.log", false).or(() -> keptLog(job, "driver-tail.log", true));
  }

  private Optional<JobLog> keptLog(Job job, String name, boolean truncated) {
    return store
        .read(file(job, name), LARGE)
        .map(bytes -> new JobLog(new String(bytes, StandardCharsets.UTF_8), truncated));
  }

  private <T> Optional<T> read(Job job, String name, int max, Class<T> type) {
    try {
      return store
          .read(file(job, name), max)
          .map(bytes -> EngineClients.LENIENT_JSON.readValue(bytes, type));
    } catch (JacksonException e) {
      log.warn("{} of {} cannot be read", name, job);
      return Optional.empty();
    } catch (EngineFailure.Misbehaved e) {
      log.warn("{} of {} was not read: {}", name, job, e.toString());
      return Optional.empty();
    }
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
