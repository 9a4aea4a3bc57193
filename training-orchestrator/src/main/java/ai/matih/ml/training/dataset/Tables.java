package ai.matih.ml.training.dataset;

import java.nio.file.Path;
import java.util.List;

/** Reads uploaded and stored files. */
public interface Tables {

  /**
   * Reads a file to its last row.
   *
   * @param upload what was uploaded; read only
   * @param declared types of columns of a CSV file; a Parquet file declares its own
   * @param folder of this reading alone, where the Parquet form of a CSV file is written
   * @throws UnreadableTable when the file is not a table of that format, with the reason
   */
  Table read(Path upload, TableFormat format, TypeDeclarations declared, Path folder)
      throws UnreadableTable;

  /**
   * The first rows of a stored Parquet file and statistics of each column.
   *
   * @param columns as they were found when the file was uploaded
   * @param folder of this reading alone
   * @throws UnreadableTable when the limits do not allow to read it
   */
  Preview preview(Path parquet, List<Column> columns, int rows, Path folder) throws UnreadableTable;

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
