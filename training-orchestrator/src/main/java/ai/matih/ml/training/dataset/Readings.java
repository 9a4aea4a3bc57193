package ai.matih.ml.training.dataset;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.training.TrainingError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each reading of a file a folder of its own, and only so many a turn at once. */
final class Readings {

  private static final Logger log = LoggerFactory.getLogger(Readings.class);
  private static final Duration WAIT_FOR_TURN = Duration.ofSeconds(30);

  private final DatasetSettings settings;
  private final Semaphore turns;

  Readings(DatasetSettings settings) {
    this.settings = settings;
    this.turns = new Semaphore(settings.concurrentReads(), true);
  }

  /** What a reading does with its folder or its turn. */
  interface Work<T> {
    T in(Path folder);
  }

  /** A reading of a table, which may turn out to be none. */
  interface Reading<T> {
    T read() throws UnreadableTable;
  }

  /** Does the work in a folder that is removed afterwards. */
  <T> T inFolder(Work<T> work) {
    Path folder = create();
    try {
      return work.in(folder);
    } finally {
      delete(folder);
    }
  }

  /** Waits for a turn; what is no table becomes a refusal with its reason. */
  <T> T inTurn(TableFormat format, Reading<T> reading) {
    try {
      if (!turns.tryAcquire(WAIT_FOR_TURN.toSeconds(), TimeUnit.SECONDS)) {
        throw new Problem(TrainingError.UPLOADS_BUSY, "Other tables are being read; try again.")
            .retryAfter(Duration.ofSeconds(10));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Problem(TrainingError.UPLOADS_BUSY, "The service is stopping; try again.");
    }
    try {
      return reading.read();
    } catch (UnreadableTable e) {
      Problem problem =
          new Problem(TrainingError.DATASET_UNREADABLE, e.reason()).with("format", format);
      e.facts().forEach(problem::with);
      throw problem;
    } finally {
      turns.release();
    }
  }

  /** No room for a temporary file. */
  static Problem full(IOException e) {
    Problem problem =
        new Problem(TrainingError.STORAGE_FULL, "The table could not be stored for reading.")
            .retryAfter(Duration.ofSeconds(30));
    problem.initCause(e);
    return problem;
  }

  private Path create() {
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
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      log.warn("temporary folder {} could not be removed: {}", folder, e.toString());
    }
  }
}
