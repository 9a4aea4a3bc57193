package ai.matih.ml.training.dataset.duckdb;

import ai.matih.ml.training.dataset.Column;
import ai.matih.ml.training.dataset.DatasetSettings;
import ai.matih.ml.training.dataset.Preview;
import ai.matih.ml.training.dataset.TableFormat;
import ai.matih.ml.training.dataset.Tables;
import ai.matih.ml.training.dataset.TypeDeclarations;
import ai.matih.ml.training.dataset.UnreadableTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.util.unit.DataSize;

/** Reads files of a test. */
final class ReadTables {

  private static final DatasetSettings SETTINGS =
      new DatasetSettings(
          "datasets",
          DataSize.ofMegabytes(64),
          1_000_000,
          2_000,
          Duration.ofMinutes(1),
          1,
          DataSize.ofMegabytes(192),
          null);

  private final DuckDbTables tables = new DuckDbTables(SETTINGS);
  private final Path parent;

  ReadTables(Path parent) {
    this.parent = parent;
  }

  Tables.Table csv(String content, String... declared) throws UnreadableTable {
    return csv(content.getBytes(StandardCharsets.UTF_8), declared);
  }

  Tables.Table csv(byte[] content, String... declared) throws UnreadableTable {
    Path folder = folder();
    return tables.read(
        write(folder.resolve("upload.csv"), content),
        TableFormat.CSV,
        TypeDeclarations.parse(List.of(declared)),
        folder);
  }

  /** A column with a header and these cells, written so that nothing but its text counts. */
  Column column(List<String> cells, String... declared) throws UnreadableTable {
    StringBuilder csv = new StringBuilder("row,x\n");
    for (int i = 0; i < cells.size(); i++) {
      csv.append('r')
          .append(i)
          .append(",\"")
          .append(cells.get(i).replace("\"", "\"\""))
          .append("\"\n");
    }
    return csv(csv.toString(), declared).columns().get(1);
  }

  Tables.Table parquet(byte[] content) throws UnreadableTable {
    Path folder = folder();
    return tables.read(
        write(folder.resolve("upload.parquet"), content),
        TableFormat.PARQUET,
        TypeDeclarations.NONE,
        folder);
  }

  Preview preview(Tables.Table table, int rows) throws UnreadableTable {
    return tables.preview(table.parquet(), table.columns(), rows, folder());
  }

  private Path folder() {
    try {
      return Files.createTempDirectory(parent, "read");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path write(Path path, byte[] content) {
    try {
      return Files.write(path, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
