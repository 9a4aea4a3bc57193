package ai.matih.ml.serving.engine.files;

import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.BundleDigest;
import ai.matih.ml.serving.engine.BundleRefused;
import ai.matih.ml.serving.engine.BundleRefused.Part;
import ai.matih.ml.serving.engine.BundleSource;
import ai.matih.ml.serving.engine.Bundles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Bundles in a folder of this machine, one sub-folder per digest. Files are checked when they
 * arrive and again each time they are read, so a damaged disk shows itself as a fresh download and
 * never as a wrong answer.
 */
public final class LocalBundles implements Bundles {

  private static final String MODEL = "model.onnx";
  private static final String SIGNATURE = "signature.json";
  private static final String GOLDEN = "golden.json";
  private static final long MAX_JSON_BYTES = 16L << 20;

  private final Path folder;
  private final BundleSource source;
  private final long maxModelBytes;

  public LocalBundles(Path folder, BundleSource source, long maxModelBytes) {
    this.folder = folder;
    this.source = source;
    this.maxModelBytes = maxModelBytes;
  }

  @Override
  public Bundle open(Artifact artifact) {
    byte[] signature = bytes(artifact, SIGNATURE, MAX_JSON_BYTES);
    byte[] golden = bytes(artifact, GOLDEN, MAX_JSON_BYTES);
    byte[] model = bytes(artifact, MODEL, maxModelBytes);
    return new Bundle(
        artifact.digest(), SignatureJson.signature(signature), SignatureJson.golden(golden), model);
  }

  /** Reads a bundle that {@link #open} verified a moment ago, in another process. */
  public static Bundle readVerified(Path folder, BundleDigest digest) {
    try {
      return new Bundle(
          digest,
          SignatureJson.signature(Files.readAllBytes(folder.resolve(SIGNATURE))),
          SignatureJson.golden(Files.readAllBytes(folder.resolve(GOLDEN))),
          Files.readAllBytes(folder.resolve(MODEL)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] bytes(Artifact artifact, String path, long limit) {
    String wanted = artifact.files().get(path);
    if (wanted == null) {
      throw new BundleRefused(Part.ARTIFACT, "the bundle has no " + path);
    }
    Path local = folder.resolve(artifact.digest().hex()).resolve(path);
    try {
      byte[] known = read(local, limit, path);
      if (known != null && sha256(known).equals(wanted)) {
        return known;
      }
      fetch(artifact, path, local, limit);
      byte[] fetched = read(local, limit, path);
      if (fetched == null || !sha256(fetched).equals(wanted)) {
        Files.deleteIfExists(local);
        throw new BundleRefused(Part.DIGEST, path + " is not the file that the registry knows");
      }
      return fetched;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte @Nullable [] read(Path file, long limit, String path) throws IOException {
    try {
      if (Files.size(file) > limit) {
        throw tooLarge(path, limit);
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private void fetch(Artifact artifact, String path, Path local, long limit) throws IOException {
    Files.createDirectories(local.getParent());
    Path partial = Files.createTempFile(local.getParent(), ".partial-", null);
    try {
      try (InputStream in = source.open(artifact, path);
          OutputStream out = Files.newOutputStream(partial)) {
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          total += n;
          if (total > limit) {
            throw tooLarge(path, limit);
          }
          out.write(buffer, 0, n);
        }
      }
      Files.move(partial, local, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static BundleRefused tooLarge(String path, long limit) {
    return new BundleRefused(Part.ARTIFACT, path + " is larger than " + limit + " bytes");
  }

  private static String sha256(byte[] bytes) {
    MessageDigest sha = BundleDigest.sha256();
    return HexFormat.of().formatHex(sha.digest(bytes));
  }
}
