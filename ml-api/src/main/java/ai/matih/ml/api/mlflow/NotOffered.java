package ai.matih.ml.api.mlflow;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Calls of MLflow's server that do not pass the door, each with the reason. */
record NotOffered(String method, String prefix, String reason) {

  private static final List<NotOffered> TABLE = read("not-offered.txt");

  private static List<NotOffered> read(String resource) {
    try (InputStream in = Objects.requireNonNull(NotOffered.class.getResourceAsStream(resource))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split(" ", 3))
          .map(words -> new NotOffered(words[0], words[1], words[2]))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Optional<NotOffered> of(String method, String path) {
    return TABLE.stream()
        .filter(row -> row.method().equals("*") || row.method().equals(method))
        .filter(row -> path.startsWith(row.prefix()))
        .findFirst();
  }

  static List<NotOffered> table() {
    return TABLE;
  }
}
