package ai.matih.ml.serving.engine.files;

import ai.matih.ml.bundle.BundleReader;
import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.bundle.Digest;
import ai.matih.ml.bundle.ReferenceProfile;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.serving.engine.Artifact;
import ai.matih.ml.serving.engine.Bundle;
import ai.matih.ml.serving.engine.BundleContents;
import ai.matih.ml.serving.engine.BundleSource;
import ai.matih.ml.serving.engine.Bundles;
import ai.matih.ml.serving.engine.OnnxForm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bundles in a folder of this machine, one sub-folder per digest. Files are checked when they
 * arrive and again each time they are read, so a damaged disk shows itself as a fresh download and
 * never as a wrong answer.
 */
public final class LocalBundles implements Bundles, BundleContents {

  private final Path folder;
  private final BundleSource source;
  private final int maxModelBytes;

  public LocalBundles(Path folder, BundleSource source, int maxModelBytes) {
    this.folder = folder;
    this.source = source;
    this.maxModelBytes = maxModelBytes;
  }

  @Override
  public Bundle open(Artifact artifact) {
    return read(
        artifact.digest(),
        (path, limit) -> bytes(artifact, path, limit),
        artifact.files().containsKey(BundleReader.MODEL),
        maxModelBytes);
  }

  @Override
  public byte[] file(Artifact artifact, String path, int maxBytes) {
    return bytes(artifact, path, maxBytes);
  }

  /** Reads a bundle that {@link #open} verified a moment ago, in another process. */
  public static Bundle readVerified(Path folder, Digest digest) {
    return read(
        digest,
        (path, _) -> {
          try {
            return Files.readAllBytes(folder.resolve(path));
          } catch (NoSuchFileException e) {
            throw new BundleRefused(Part.FILES, "The bundle has no " + path + ".");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        Files.exists(folder.resolve(BundleReader.MODEL)),
        Integer.MAX_VALUE);
  }

  private static Bundle read(
      Digest digest, BundleReader.Source files, boolean hasOnnx, int maxModelBytes) {
    BundleReader reader = new BundleReader(files);
    Signature signature = reader.signature();
    return new Bundle(
        digest,
        signature,
        reader.goldenRows(signature),
        profile(reader),
        hasOnnx
            ? Optional.of(
                new OnnxForm(
                    reader.onnxLayout(signature), files.read(BundleReader.MODEL, maxModelBytes)))
            : Optional.empty());
  }

  /** A model is served without it; only some checks would say more with it. */
  private static Optional<ReferenceProfile> profile(BundleReader reader) {
    try {
      return Optional.of(reader.referenceProfile());
    } catch (BundleRefused refused) {
      if (refused.part() == Part.FILES || refused.part() == Part.REFERENCE_PROFILE) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  private byte[] bytes(Artifact artifact, String path, long limit) {
    String wanted = artifact.files().get(path);
    if (wanted == null) {
      throw new BundleRefused(Part.FILES, "The bundle has no " + path + ".");
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
        throw new BundleRefused(Part.DIGEST, path + " is not the file that the registry knows.");
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
    return new BundleRefused(Part.FILES, path + " is larger than " + limit + " bytes.");
  }

  private static String sha256(byte[] bytes) {
    return Digest.of(bytes).hex();
  }
}
