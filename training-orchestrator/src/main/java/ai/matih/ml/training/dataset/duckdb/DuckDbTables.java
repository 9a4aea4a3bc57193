package ai.matih.ml.training.dataset.duckdb;

import ai.matih.ml.training.dataset.Column;
import ai.matih.ml.training.dataset.Column.TypeSource;
import ai.matih.ml.training.dataset.DatasetSettings;
import ai.matih.ml.training.dataset.Preview;
import ai.matih.ml.training.dataset.TableFormat;
import ai.matih.ml.training.dataset.Tables;
import ai.matih.ml.training.dataset.TypeDeclarations;
import ai.matih.ml.training.dataset.UnreadableTable;
import ai.matih.ml.training.dataset.duckdb.CsvConversion.Converted;
import ai.matih.ml.training.dataset.duckdb.ParquetFile.Field;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Reads tables with DuckDB. */
@Component
class DuckDbTables implements Tables {

  private final DatasetSettings settings;

  DuckDbTables(DatasetSettings settings) {
    this.settings = settings;
  }

  @Override
  public Table read(Path upload, TableFormat format, TypeDeclarations declared, Path folder)
      throws UnreadableTable {
    return switch (format) {
      case PARQUET -> readParquet(upload, folder);
      case CSV -> readCsv(upload, declared, folder);
    };
  }

  @Override
  public Preview preview(Path parquet, List<Column> columns, int rows, Path folder)
      throws UnreadableTable {
    try (Reader reader = new Reader(settings, folder, List.of(parquet))) {
      return new TablePreview(reader, new ParquetFile(reader, parquet), columns).of(rows);
    } catch (SQLException e) {
      throw Failures.ofParquet(e, settings);
    }
  }

  private Table readParquet(Path upload, Path folder) throws UnreadableTable {
    try (Reader reader = new Reader(settings, folder, List.of(upload))) {
      ParquetFile file = new ParquetFile(reader, upload);
      long rows = checkedRows(file);
      List<Field> fields = file.fields();
      ColumnNames.check(fields.stream().map(Field::name).toList(), settings.maxColumns());
      List<Long> missing = file.missing(fields, rows);
      List<Column> columns = new ArrayList<>();
      for (int i = 0; i < fields.size(); i++) {
        Field field = fields.get(i);
        columns.add(
            new Column(
                field.name(),
                field.type().word(),
                missing.get(i),
                Optional.of(TypeSource.FILE),
                field.index() ? Optional.of(true) : Optional.empty(),
                field.index()
                    ? Optional.of(
                        "The index of a pandas frame; not learned from unless feature_columns names it.")
                    : Optional.empty()));
      }
      return new Table(upload, rows, columns);
    } catch (SQLException e) {
      throw Failures.ofParquet(e, settings);
    }
  }

  private Table readCsv(Path upload, TypeDeclarations declared, Path folder)
      throws UnreadableTable {
    CsvFile csv = CsvFile.open(upload);
    ColumnNames.check(csv.names(), settings.maxColumns());
    declared.checkColumns(csv.names());
    Path text = folder.resolve("text.parquet");
    Path converted = folder.resolve("converted.parquet");
    try (Reader reader = new Reader(settings, folder, List.of(upload, text, converted))) {
      CsvConversion conversion = new CsvConversion(reader, csv, text);
      conversion.readText();
      long rows = checkedRows(new ParquetFile(reader, text));
      List<Converted> found = conversion.convert(declared, converted);
      ParquetFile file = new ParquetFile(reader, converted);
      List<Field> fields = file.fields();
      List<Long> missing = file.missing(fields, rows);
      List<Column> columns = new ArrayList<>();
      for (int i = 0; i < fields.size(); i++) {
        Converted column = found.get(i);
        if (missing.get(i) != column.missing()) {
          throw new IllegalStateException(
              "a conversion to %s lost values".formatted(fields.get(i).sqlType()));
        }
        columns.add(
            new Column(
                csv.names().get(i),
                fields.get(i).type().word(),
                column.missing(),
                Optional.of(column.source()),
                Optional.empty(),
                column.note()));
      }
      return new Table(converted, rows, columns);
    } catch (SQLException e) {
      throw Failures.ofCsv(e, csv, settings);
    }
  }

  private long checkedRows(ParquetFile file) throws SQLException, UnreadableTable {
    long rows = file.rows();
    if (rows > settings.maxRows()) {
      throw new UnreadableTable(
          "The table has %d rows; up to %d are taken.".formatted(rows, settings.maxRows()));
    }
    if (rows <= 0) {
      throw new UnreadableTable("The table has no rows.");
    }
    return rows;
  }
}
