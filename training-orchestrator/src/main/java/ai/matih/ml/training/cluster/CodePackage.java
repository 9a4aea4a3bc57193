package ai.matih.ml.training.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The platform's own training code, built into this service; its name is the digest of its bytes.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; the bytes are what is uploaded.
public record CodePackage(byte[] zip, String digest) {

  private static final String RESOURCE = "/matih_training.zip";

  /** The package that this build carries. */
  public static CodePackage ofThisBuild() {
    try (InputStream in = CodePackage.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the build did not package " + RESOURCE);
      }
      return of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its files by their paths. */
  public Map<String, byte[]> files() {
    Map<String, byte[]> files = new TreeMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      ZipEntry entry = in.getNextEntry();
      while (entry != null) {
        if (!entry.isDirectory()) {
          files.put(entry.getName(), in.readAllBytes());
        }
        entry = in.getNextEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  static CodePackage of(byte[] zip) {
    try {
      return new CodePackage(
          zip, HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(zip)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
