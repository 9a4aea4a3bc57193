package ai.matih.ml.training.dataset;

import java.nio.file.Path;
import java.util.List;

/** Reads uploaded files. */
public interface Tables {

  /**
   * Reads a file to its last row.
   *
   * @param upload what was uploaded; read only
   * @param converted where the Parquet form of a CSV file goes; not touched for Parquet
   * @throws UnreadableTable when the file is not a table of that format, with the reason
   */
  Table read(Path upload, TableFormat format, Path converted) throws UnreadableTable;

  /**
   * What was found.
   *
   * @param parquet the file to keep: the upload itself or the converted one
   */
  record Table(Path parquet, long rows, List<Column> columns) {
    public Table {
      columns = List.copyOf(columns);
    }
  }
}
