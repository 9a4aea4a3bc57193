package ai.matih.ml.training.dataset;

import ai.matih.ml.common.storage.ObjectStore;
import ai.matih.ml.common.storage.S3Uri;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks into a stored table: its first rows and statistics of its columns. */
public final class PreviewDataset {

  private final Tables tables;
  private final ObjectStore store;
  private final Readings readings;

  PreviewDataset(Tables tables, ObjectStore store, Readings readings) {
    this.tables = tables;
    this.store = store;
    this.readings = readings;
  }

  /**
   * @param rows of the table, from its beginning
   */
  public Preview preview(DatasetVersion version, int rows) {
    return readings.inFolder(
        folder ->
            readings.inTurn(
                TableFormat.PARQUET,
                () -> {
                  Path parquet = folder.resolve("stored.parquet");
                  fetch(version.uri(), parquet);
                  return tables.preview(parquet, version.columns(), rows, folder);
                }));
  }

  private void fetch(S3Uri uri, Path target) throws UnreadableTable {
    try (InputStream content =
        store
            .get(uri)
            .orElseThrow(() -> new UnreadableTable("The file of this version is gone."))) {
      Files.copy(content, target);
    } catch (IOException e) {
      throw Readings.full(e);
    }
  }
}
