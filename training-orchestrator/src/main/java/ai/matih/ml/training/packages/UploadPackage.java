package ai.matih.ml.training.packages;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.training.TrainingError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/**
 * Takes a package: reads it up to its limit, checks every entry, keeps its bytes under their digest
 * and records it.
 *
 * <p>The row is written last, so a package that people can name has its bytes. A package is small:
 * it is held in memory.
 */
public final class UploadPackage {

  private final ObjectStore store;
  private final UserPackages packages;
  private final PackageSettings settings;
  private final Clock clock;

  UploadPackage(ObjectStore store, UserPackages packages, PackageSettings settings, Clock clock) {
    this.store = store;
    this.packages = packages;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * A package over the limit is read up to it before it is refused, so that the refusal reaches a
   * caller who sends first and reads afterwards.
   */
  public UserPackages.Stored upload(Caller caller, InputStream content) {
    byte[] bytes = read(content);
    int files;
    try {
      files = new PackageArchive(settings.maxEntries(), settings.maxUnpackedBytes()).check(bytes);
    } catch (PackageRefused refused) {
      throw new Problem(TrainingError.PACKAGE_REFUSED, refused.reason());
    }
    String hex = hex(bytes);
    S3Uri uri = new S3Uri(settings.bucket(), caller.tenant().slug() + "/packages/" + hex + ".zip");
    store.putIfAbsent(uri, new ByteArrayInputStream(bytes), bytes.length, "application/zip");
    return packages.store(
        new UserPackage(
            caller.tenant(),
            "sha256:" + hex,
            uri,
            bytes.length,
            files,
            caller.actor(),
            clock.instant().truncatedTo(ChronoUnit.MICROS)));
  }

  private byte[] read(InputStream content) {
    try {
      byte[] bytes = content.readNBytes((int) settings.maxBytes() + 1);
      if (bytes.length > settings.maxBytes()) {
        throw tooLarge();
      }
      return bytes;
    } catch (IOException e) {
      // The caller ended the upload early: not a failure of this service.
      throw new Problem(TrainingError.PACKAGE_REFUSED, "The upload broke off before its end.");
    }
  }

  private Problem tooLarge() {
    return new Problem(
            TrainingError.PACKAGE_TOO_LARGE,
            "A package may have up to " + settings.maxBytes() + " bytes.")
        .with("max_bytes", settings.maxBytes());
  }

  private static String hex(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
