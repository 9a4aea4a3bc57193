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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes a table: spools it to a temporary file while counting and hashing, reads it to its last
 * row, keeps its Parquet form on the object store and records the version.
 *
 * <p>The row is written last, so a version that people can see has its file. Each version has a
 * file of its own name, so that whoever deletes a version never takes the file of another.
 */
public final class UploadDataset {

  private final Tables tables;
  private final ObjectStore store;
  private final Datasets datasets;
  private final DatasetSettings settings;
  private final Clock clock;
  private final Readings readings;

  UploadDataset(
      Tables tables,
      ObjectStore store,
      Datasets datasets,
      DatasetSettings settings,
      Clock clock,
      Readings readings) {
    this.tables = tables;
    this.store = store;
    this.datasets = datasets;
    this.settings = settings;
    this.clock = clock;
    this.readings = readings;
  }

  /** The same bytes with the same declarations are the same version. */
  public Datasets.Stored upload(
      Caller caller,
      DatasetName name,
      TableFormat format,
      TypeDeclarations declared,
      InputStream content) {
    if (format == TableFormat.PARQUET && !declared.isEmpty()) {
      throw Problem.invalid(
          TypeDeclarations.PARAMETER, "a Parquet file declares the types of its columns itself");
    }
    return readings.inFolder(
        folder -> {
          Path upload = folder.resolve("upload." + (format == TableFormat.CSV ? "csv" : "parquet"));
          Spooled spooled = spool(content, upload);
          Tables.Table table =
              readings.inTurn(format, () -> tables.read(upload, format, declared, folder));
          return keep(caller, name, spooled, hex(spooled, declared), table);
        });
  }

  private Datasets.Stored keep(
      Caller caller, DatasetName name, Spooled spooled, String hex, Tables.Table table) {
    DatasetReference reference = new DatasetReference(name, Optional.of("sha256:" + hex));
    Optional<DatasetVersion> known = datasets.makeCurrent(reference, clock.instant());
    if (known.isPresent()) {
      return new Datasets.Stored(known.get(), false);
    }
    S3Uri uri =
        new S3Uri(
            settings.bucket(),
            "%s/%s/%s-%s.parquet"
                .formatted(
                    caller.tenant(), name, hex, UUID.randomUUID().toString().substring(0, 8)));
    put(table.parquet(), uri);
    Datasets.Stored stored =
        datasets.store(
            new DatasetVersion(
                caller.tenant(),
                name,
                "sha256:" + hex,
                uri,
                spooled.bytes(),
                table.rows(),
                table.columns(),
                caller.actor(),
                clock.instant().truncatedTo(ChronoUnit.MICROS)));
    if (!stored.version().uri().equals(uri)) {
      // Another upload of the same bytes was faster.
      store.delete(uri);
    }
    return stored;
  }

  /**
   * Without declarations the digest names the uploaded bytes; with them, bytes and declarations.
   */
  private static String hex(Spooled spooled, TypeDeclarations declared) {
    if (declared.isEmpty()) {
      return spooled.hex();
    }
    String identity = spooled.hex() + "\n" + declared.canonical();
    return HexFormat.of().formatHex(sha256().digest(identity.getBytes(StandardCharsets.UTF_8)));
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
      throw Readings.full(e);
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

  private void put(Path parquet, S3Uri uri) {
    try (InputStream in = Files.newInputStream(parquet)) {
      store.put(uri, in, Files.size(parquet), TableFormat.PARQUET.mediaType());
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
      throw Readings.full(e);
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
