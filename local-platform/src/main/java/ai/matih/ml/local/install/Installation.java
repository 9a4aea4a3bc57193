package ai.matih.ml.local.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A folder that is filled once. A mark written last tells a finished one from an interrupted one,
 * and a lock keeps two programs from filling it at the same time.
 */
public record Installation(Path folder) {

  private static final ReentrantLock WITHIN_THIS_PROGRAM = new ReentrantLock();

  /** Fills an empty folder. */
  @FunctionalInterface
  public interface Recipe {
    void fill(Path folder) throws IOException, InterruptedException;
  }

  public boolean complete() {
    return Files.exists(mark());
  }

  /** The finished folder; fills it first when nobody has done so. */
  public Path ensure(Progress progress, Recipe recipe) throws InterruptedException {
    if (complete()) {
      return folder;
    }
    WITHIN_THIS_PROGRAM.lockInterruptibly();
    try {
      Files.createDirectories(folder.toAbsolutePath().getParent());
      var lockFile = folder.resolveSibling(folder.getFileName() + ".lock");
      try (var channel =
          FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        try (var _ = lock(channel, progress)) {
          if (!complete()) {
            delete(folder);
            Files.createDirectories(folder);
            recipe.fill(folder);
            Files.createFile(mark());
          }
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot install into " + folder, e);
    } finally {
      WITHIN_THIS_PROGRAM.unlock();
    }
  }

  private FileLock lock(FileChannel channel, Progress progress) throws IOException {
    var lock = channel.tryLock();
    if (lock == null) {
      progress.report("waiting for another program that installs " + folder);
      return channel.lock();
    }
    return lock;
  }

  private Path mark() {
    return folder.resolve(".complete");
  }

  /** Removes a folder with everything in it; links are removed, never followed. */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var paths = Files.walk(folder)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
