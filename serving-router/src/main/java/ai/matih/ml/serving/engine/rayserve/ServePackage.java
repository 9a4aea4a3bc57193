package ai.matih.ml.serving.engine.rayserve;

import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.bundle.Digest;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.BundleContents;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * What a replica is started from: the code of this build and the files of one bundle, in the folder
 * {@code bundle}, as one zip. Replicas need no credentials of the object store, and each file was
 * verified before it went in.
 */
final class ServePackage {

  private static final String RESOURCE = "/matih_serving.zip";

  private final byte[] code;
  private final String codeDigest;
  private final BundleContents bundles;
  private final long maxBytes;

  ServePackage(BundleContents bundles, long maxBytes) {
    try (InputStream in = ServePackage.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the build did not package " + RESOURCE);
      }
      this.code = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.codeDigest = Digest.of(code).hex();
    this.bundles = bundles;
    this.maxBytes = maxBytes;
  }

  String codeDigest() {
    return codeDigest;
  }

  /** The name of the package of this code and this bundle, as Ray demands names to be. */
  static String name(String codeDigest, Digest bundle) {
    String both = codeDigest + bundle.hex();
    return "_ray_pkg_%s.zip"
        .formatted(Digest.of(both.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 32));
  }

  /**
   * Refuses a bundle that cannot be packed.
   *
   * @throws BundleRefused when a file is not what it must be, or all together are too large
   */
  void requirePackable(Artifact artifact) {
    long left = maxBytes;
    for (String path : artifact.files().keySet()) {
      left -= file(artifact, path, left).length;
    }
  }

  private byte[] file(Artifact artifact, String path, long left) {
    byte[] content = bundles.file(artifact, path, (int) Math.min(left, Integer.MAX_VALUE));
    if (content.length >= left) {
      throw new BundleRefused(
          Part.FILES,
          "The bundle is larger than %d bytes, the most that Ray Serve is given."
              .formatted(maxBytes));
    }
    return content;
  }

  /**
   * The package.
   *
   * @throws BundleRefused when a file is not what it must be, or all together are too large
   * @throws ai.matih.ml.common.http.EngineFailure when the store is needed and away
   */
  byte[] of(Artifact artifact) {
    long left = maxBytes;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out);
        ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(code))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        zip.putNextEntry(new ZipEntry(entry.getName()));
        in.transferTo(zip);
      }
      for (String path : artifact.files().keySet()) {
        byte[] content = file(artifact, path, left);
        left -= content.length;
        zip.putNextEntry(new ZipEntry("bundle/" + path));
        zip.write(content);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
