package ai.matih.ml.training.dataset;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.training.TrainingError;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Takes a table: spools it to a temporary file while counting and hashing, reads it to its last
 * row, keeps its Parquet form on the object store and records the version.
 *
 * <p>The row is written last, so a version that people can see has its file.
 */
public final class UploadDataset {

  private static final Duration WAIT_FOR_TURN = Duration.ofSeconds(30);

  private final Tables tables;
  private final ObjectStore store;
  private final Datasets datasets;
  private final DatasetSettings settings;
  private final Clock clock;
  private final Semaphore turns;

  public UploadDataset(
      Tables tables, ObjectStore store, Datasets datasets, DatasetSettings settings, Clock clock) {
    this.tables = tables;
    this.store = store;
    this.datasets = datasets;
    this.settings = settings;
    this.clock = clock;
    this.turns = new Semaphore(settings.concurrentReads(), true);
  }

  public Datasets.Stored upload(
      Caller caller, DatasetName name, TableFormat format, InputStream content) {
    Path folder = temporaryFolder();
    try {
      Path upload = folder.resolve(format == TableFormat.CSV ? "upload.csv" : "upload.parquet");
      Spooled spooled = spool(content, upload);
      Tables.Table table = read(upload, format, folder.resolve("converted.parquet"));
      S3Uri uri =
          new S3Uri(
              settings.bucket(), caller.tenant() + "/" + name + "/" + spooled.hex() + ".parquet");
      keep(table.parquet(), uri);
      return datasets.store(
          new DatasetVersion(
              caller.tenant(),
              name,
              "sha256:" + spooled.hex(),
              uri,
              spooled.bytes(),
              table.rows(),
              table.columns(),
              caller.actor(),
              clock.instant().truncatedTo(ChronoUnit.MICROS)));
    } finally {
      delete(folder);
    }
  }

  private record Spooled(String hex, long bytes) {}

  private Spooled spool(InputStream content, Path target) {
    long limit = settings.maxBytes();
    MessageDigest digest = sha256();
    long total = 0;
    byte[] buffer = new byte[64 * 1024];
    try (OutputStream out = open(target)) {
      while (true) {
        int count = read(content, buffer);
        if (count < 0) {
          break;
        }
        total += count;
        if (total > limit) {
          throw tooLarge(limit);
        }
        digest.update(buffer, 0, count);
        write(out, buffer, count);
      }
    } catch (IOException e) {
      throw full(e);
    }
    if (total == 0) {
      throw new Problem(TrainingError.DATASET_UNREADABLE, "The upload is empty.");
    }
    return new Spooled(HexFormat.of().formatHex(digest.digest()), total);
  }

  /** Refuses an upload by its declared length, before a byte is read. */
  public void checkDeclaredSize(long bytes) {
    long limit = settings.maxBytes();
    if (bytes > limit) {
      throw tooLarge(limit);
    }
  }

  private static Problem tooLarge(long limit) {
    return new Problem(
            TrainingError.DATASET_TOO_LARGE, "An upload may have up to " + limit + " bytes.")
        .with("max_bytes", limit);
  }

  private Tables.Table read(Path upload, TableFormat format, Path converted) {
    try {
      if (!turns.tryAcquire(WAIT_FOR_TURN.toSeconds(), TimeUnit.SECONDS)) {
        throw new Problem(TrainingError.UPLOADS_BUSY, "Other uploads are being read; try again.")
            .retryAfter(Duration.ofSeconds(10));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Problem(TrainingError.UPLOADS_BUSY, "The service is stopping; try again.");
    }
    try {
      return tables.read(upload, format, converted);
    } catch (UnreadableTable e) {
      Problem problem =
          new Problem(TrainingError.DATASET_UNREADABLE, e.reason()).with("format", format);
      e.line().ifPresent(line -> problem.with("line", line));
      throw problem;
    } finally {
      turns.release();
    }
  }

  private void keep(Path parquet, S3Uri uri) {
    try (InputStream in = Files.newInputStream(parquet)) {
      // False means that the same upload was kept before: the key names its bytes.
      boolean fresh =
          store.putIfAbsent(uri, in, Files.size(parquet), "application/vnd.apache.parquet");
      if (!fresh && store.stat(uri).isEmpty()) {
        throw new IllegalStateException(uri + " was neither stored nor there");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A caller who breaks off is no failure of ours. */
  private static int read(InputStream content, byte[] buffer) {
    try {
      return content.read(buffer);
    } catch (IOException e) {
      throw new Problem(TrainingError.DATASET_UNREADABLE, "The upload broke off before its end.");
    }
  }

  private static OutputStream open(Path target) throws IOException {
    return new FileOutputStream(target.toFile());
  }

  private static void write(OutputStream out, byte[] buffer, int count) {
    try {
      out.write(buffer, 0, count);
    } catch (IOException e) {
      throw full(e);
    }
  }

  private static Problem full(IOException e) {
    Problem problem =
        new Problem(TrainingError.STORAGE_FULL, "The upload could not be stored for reading.")
            .retryAfter(Duration.ofSeconds(30));
    problem.initCause(e);
    return problem;
  }

  private Path temporaryFolder() {
    try {
      Path parent = settings.folder();
      if (parent == null) {
        return Files.createTempDirectory("matih-upload-");
      }
      Files.createDirectories(parent);
      return Files.createTempDirectory(parent, "upload-");
    } catch (FileSystemException e) {
      throw full(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(UploadDataset.class)
          .warn("temporary folder {} could not be removed: {}", folder, e.toString());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
