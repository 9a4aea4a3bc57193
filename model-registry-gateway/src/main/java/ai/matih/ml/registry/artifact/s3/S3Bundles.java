package ai.matih.ml.registry.artifact.s3;

import ai.matih.ml.bundle.BundleFiles;
import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.S3Uri;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.registry.artifact.ArtifactSettings;
import ai.matih.ml.registry.artifact.BundleStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Keeps bundles at {@code s3://<bucket>/<tenant>/<hex>/<path>}, reports about one at {@code
 * …/<hex>-reports/<hex of the report>}: the folder of a digest holds exactly the files that make
 * it.
 */
@Component
final class S3Bundles implements BundleStore {

  private static final int MOST_FILES = 10_000;
  private static final int MOST_REPORTS = 100_000;

  /** Far above the longest report that is taken. */
  private static final int LONGEST_REPORT = 64 << 20;

  private final ObjectStore objects;
  private final String bucket;

  S3Bundles(ObjectStore objects, ArtifactSettings settings) {
    this.objects = objects;
    this.bucket = settings.bucket();
  }

  @Override
  public String uri(Digest digest) {
    return folder(digest).toString();
  }

  private S3Uri folder(Digest digest) {
    return new S3Uri(bucket, TenantScope.require().slug() + "/" + digest.hex() + "/");
  }

  private S3Uri reports(Digest digest) {
    return new S3Uri(bucket, TenantScope.require().slug() + "/" + digest.hex() + "-reports/");
  }

  @Override
  public void store(BundleFiles bundle, Path folder) {
    S3Uri target = folder(bundle.digest());
    for (String path : bundle.sortedFiles().keySet()) {
      Path file = folder.resolve(path);
      try (InputStream content = Files.newInputStream(file)) {
        objects.putIfAbsent(
            target.resolve(path), content, Files.size(file), "application/octet-stream");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public Optional<InputStream> open(Digest digest, String path) {
    return objects.get(folder(digest).resolve(path));
  }

  @Override
  public void storeReport(Digest bundle, byte[] report) {
    objects.putIfAbsent(
        reports(bundle).resolve(Digest.of(report).hex()),
        new ByteArrayInputStream(report),
        report.length,
        "application/octet-stream");
  }

  @Override
  public Optional<byte[]> report(Digest bundle, Digest report) {
    return objects.read(reports(bundle).resolve(report.hex()), LONGEST_REPORT);
  }

  @Override
  public long sizeBytes(Digest digest) {
    return all(digest).mapToLong(ObjectStore.ObjectInfo::sizeBytes).sum();
  }

  @Override
  public void remove(Digest digest) {
    all(digest).forEach(file -> objects.delete(file.uri()));
  }

  private Stream<ObjectStore.ObjectInfo> all(Digest digest) {
    return Stream.of(
            objects.list(folder(digest), MOST_FILES), objects.list(reports(digest), MOST_REPORTS))
        .flatMap(List::stream);
  }
}
