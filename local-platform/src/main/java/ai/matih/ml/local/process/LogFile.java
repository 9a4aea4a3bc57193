package ai.matih.ml.local.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.List;

/**
 * A log that a program appends to. It is bounded by copying it aside and cutting it to nothing,
 * which an appending writer does not notice.
 */
public record LogFile(Path path) {

  private static final int TAIL_BYTES = 256 * 1024;

  public static LogFile of(Path path) {
    return new LogFile(path);
  }

  /** The older part, one generation. */
  public Path rotated() {
    return path.resolveSibling(path.getFileName() + ".1");
  }

  /** Keeps the file below a size; lines written during the copy itself may be lost. */
  public void bound(long maximumBytes) throws IOException {
    if (Files.exists(path) && Files.size(path) > maximumBytes) {
      Files.copy(path, rotated(), StandardCopyOption.REPLACE_EXISTING);
      try (var file = new RandomAccessFile(path.toFile(), "rw")) {
        file.setLength(0);
      }
    }
  }

  /** The last lines; empty when there is no log yet. */
  public List<String> tail(int lines) {
    if (!Files.exists(path)) {
      return List.of();
    }
    try (var file = new RandomAccessFile(path.toFile(), "r")) {
      var length = file.length();
      var from = Math.max(0, length - TAIL_BYTES);
      var bytes = new byte[(int) (length - from)];
      file.seek(from);
      file.readFully(bytes);
      var kept = new ArrayDeque<String>();
      new String(bytes, StandardCharsets.UTF_8)
          .lines()
          .forEach(
              line -> {
                kept.add(line);
                if (kept.size() > lines) {
                  kept.remove();
                }
              });
      return List.copyOf(kept);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
