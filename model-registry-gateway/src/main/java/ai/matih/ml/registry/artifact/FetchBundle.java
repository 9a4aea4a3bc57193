package ai.matih.ml.registry.artifact;

import ai.matih.ml.bundle.BundleFiles;
import ai.matih.ml.bundle.BundlePath;
import ai.matih.ml.bundle.BundleReader;
import ai.matih.ml.bundle.BundleRefused;
import ai.matih.ml.bundle.BundleRefused.Part;
import ai.matih.ml.bundle.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes the model out of a run: downloads under limits, digests, stores by digest.
 *
 * <p>Sizes are counted while reading, since a run's owner decides what the listing says. Repeating
 * it changes nothing.
 */
public final class FetchBundle {

  /** What is kept with the version itself. */
  private static final List<String> DOCUMENTS =
      List.of(BundleReader.SIGNATURE, BundleReader.EVALUATION, BundleReader.LINEAGE);

  private static final int CHUNK = 64 * 1024;

  private final RunArtifacts runs;
  private final BundleStore store;
  private final StoredFiles stored;
  private final ArtifactSettings limits;

  public FetchBundle(
      RunArtifacts runs, BundleStore store, StoredFiles stored, ArtifactSettings limits) {
    this.runs = runs;
    this.store = store;
    this.stored = stored;
    this.limits = limits;
  }

  /**
   * The bundle, once it is stored; empty when the run has no model.
   *
   * @throws BundleRefused when the run's files break a limit
   */
  public Optional<FetchedBundle> fetch(RunId run) {
    return fetch(ModelFiles.of(runs, run));
  }

  /**
   * The files of a model, once they are stored; empty when there are none.
   *
   * @throws BundleRefused when the files break a limit
   */
  public Optional<FetchedBundle> fetch(ModelFiles model) {
    List<RunArtifacts.File> files = model.list(limits.maxFiles());
    if (files.isEmpty()) {
      return Optional.empty();
    }
    files.forEach(file -> BundlePath.check(file.path()));
    Path folder = temporaryFolder();
    try {
      BundleFiles bundle = download(model, files, folder);
      stored.note(bundle.digest());
      store.store(bundle, folder);
      return Optional.of(new FetchedBundle(bundle, documents(bundle, folder)));
    } finally {
      delete(folder);
    }
  }

  private BundleFiles download(ModelFiles model, List<RunArtifacts.File> files, Path folder) {
    Map<String, String> hexByPath = new LinkedHashMap<>();
    long left = limits.maxBundleBytes();
    for (RunArtifacts.File file : files) {
      Path target = folder.resolve(file.path());
      if (!target.normalize().startsWith(folder)) {
        throw new BundleRefused(Part.FILES, "A file name leaves the model's folder.");
      }
      MessageDigest sha = Digest.sha256();
      long allowed = left;
      left -= model.read(file.path(), content -> copy(content, target, sha, allowed));
      hexByPath.put(file.path(), HexFormat.of().formatHex(sha.digest()));
    }
    return BundleFiles.of(hexByPath);
  }

  private long copy(InputStream content, Path target, MessageDigest sha, long allowed)
      throws IOException {
    Files.createDirectories(target.getParent());
    long size = 0;
    byte[] chunk = new byte[CHUNK];
    try (OutputStream out = new DigestOutputStream(Files.newOutputStream(target), sha)) {
      for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
        size += read;
        if (size > allowed) {
          throw new BundleRefused(
              Part.FILES, "The model is larger than " + limits.maxBundleBytes() + " bytes.");
        }
        out.write(chunk, 0, read);
      }
    }
    return size;
  }

  private Map<String, byte[]> documents(BundleFiles bundle, Path folder) {
    Map<String, byte[]> documents = new LinkedHashMap<>();
    for (String document : DOCUMENTS) {
      if (bundle.has(document)) {
        Path file = folder.resolve(document);
        try {
          if (Files.size(file) > limits.maxDocumentBytes()) {
            throw new BundleRefused(
                Part.FILES, document + " is larger than " + limits.maxDocumentBytes() + " bytes.");
          }
          documents.put(document, Files.readAllBytes(file));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return documents;
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("bundle").toAbsolutePath().normalize();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
