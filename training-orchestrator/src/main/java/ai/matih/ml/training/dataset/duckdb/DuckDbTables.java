package ai.matih.ml.training.dataset.duckdb;

import ai.matih.ml.training.dataset.Column;
import ai.matih.ml.training.dataset.DatasetSettings;
import ai.matih.ml.training.dataset.TableFormat;
import ai.matih.ml.training.dataset.Tables;
import ai.matih.ml.training.dataset.UnreadableTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reads tables with DuckDB, one private in-memory database per file.
 *
 * <p>Each may open exactly the upload and the file it writes, loads no extension, and cannot be
 * configured any further: a hostile file meets a reader that has nowhere to go.
 */
@Component
class DuckDbTables implements Tables {

  private static final Logger log = LoggerFactory.getLogger(DuckDbTables.class);

  /** What pandas takes for missing by default, as far as it is not an ordinary word. */
  private static final String MISSING = "['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL']";

  private static final String TYPES =
      "['BOOLEAN', 'BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'TIMESTAMPTZ', 'VARCHAR']";
  private static final String DELIMITERS = ",;\t|";
  private static final int LONGEST_LINE = 1 << 20;
  private static final int LONGEST_NAME = 255;
  private static final int COLUMNS_PER_QUERY = 200;
  private static final Pattern LINE = Pattern.compile("CSV Error on Line: (\\d+)");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final DatasetSettings settings;

  DuckDbTables(DatasetSettings settings) {
    this.settings = settings;
  }

  @Override
  public Table read(Path upload, TableFormat format, Path converted) throws UnreadableTable {
    Path parquet =
        switch (format) {
          case PARQUET -> upload;
          case CSV -> converted;
        };
    try (Connection reader = open(upload, converted)) {
      if (format == TableFormat.CSV) {
        convert(reader, upload, converted);
      }
      long rows = rows(reader, parquet);
      List<String> names = new ArrayList<>();
      List<String> types = new ArrayList<>();
      describe(reader, parquet, names, types);
      checkNames(names);
      return new Table(parquet, rows, columns(reader, parquet, names, types, rows));
    } catch (SQLException e) {
      throw unreadable(e, format);
    }
  }

  private Connection open(Path upload, Path converted) throws SQLException {
    Properties limits = new Properties();
    limits.setProperty("autoinstall_known_extensions", "false");
    limits.setProperty("autoload_known_extensions", "false");
    limits.setProperty("memory_limit", settings.readerMemory().toBytes() + "B");
    limits.setProperty("threads", "1");
    limits.setProperty("temp_directory", text(upload.resolveSibling("spill")));
    limits.setProperty("max_temp_directory_size", settings.maxSize().toBytes() * 4 + "B");
    Connection reader = DriverManager.getConnection("jdbc:duckdb:", limits);
    try {
      run(reader, "set allowed_paths = [%s, %s]".formatted(quoted(upload), quoted(converted)));
      run(reader, "set enable_external_access = false");
      run(reader, "set lock_configuration = true");
      return reader;
    } catch (SQLException e) {
      reader.close();
      throw e;
    }
  }

  private void convert(Connection reader, Path upload, Path converted)
      throws SQLException, UnreadableTable {
    String options =
        "delim = '%s', quote = '\"', escape = '\"', comment = '', skip = 0, strict_mode = true, null_padding = false, compression = 'none', max_line_size = %d"
            .formatted(delimiter(upload), LONGEST_LINE);
    try {
      // DuckDB renames repeated columns silently, so the header is looked at as plain text first.
      checkNames(header(reader, upload, options));
    } catch (SQLException e) {
      diagnose(reader, upload, options);
      throw e;
    }
    run(
        reader,
        "copy (select * from read_csv(%s, header = true, sample_size = -1, nullstr = %s, auto_type_candidates = %s, %s)) to %s (format parquet, compression zstd, row_group_size 100000)"
            .formatted(quoted(upload), MISSING, TYPES, options, quoted(converted)));
  }

  /** Guessing failed: with as many columns as the first line has, the fault has a line. */
  private void diagnose(Connection reader, Path upload, String options)
      throws SQLException, UnreadableTable {
    char delimiter = delimiter(upload);
    int count = separators(firstLine(upload), delimiter) + 1;
    StringBuilder columns = new StringBuilder();
    for (int i = 0; i < Math.min(count, settings.maxColumns() + 1); i++) {
      columns.append(i == 0 ? "" : ", ").append("'c").append(i).append("': 'VARCHAR'");
    }
    try (Statement statement = statement(reader);
        ResultSet all =
            statement.executeQuery(
                "select count(*) from read_csv(%s, auto_detect = false, header = true, columns = {%s}, %s)"
                    .formatted(quoted(upload), columns, options))) {
      all.next();
    }
  }

  private List<String> header(Connection reader, Path upload, String options)
      throws SQLException, UnreadableTable {
    List<String> names = new ArrayList<>();
    try (Statement statement = statement(reader);
        ResultSet first =
            statement.executeQuery(
                "select * from read_csv(%s, header = false, all_varchar = true, nullstr = '\\0', %s) limit 1"
                    .formatted(quoted(upload), options))) {
      if (!first.next()) {
        throw new UnreadableTable("The file has no header line.");
      }
      for (int i = 1; i <= first.getMetaData().getColumnCount(); i++) {
        String name = first.getString(i);
        names.add(name == null ? "" : name);
      }
    }
    return names;
  }

  /** The candidate that is most frequent in the first line, outside quotes. */
  private static char delimiter(Path upload) throws UnreadableTable {
    String line = firstLine(upload);
    char best = ',';
    int most = 0;
    for (int d = 0; d < DELIMITERS.length(); d++) {
      int count = separators(line, DELIMITERS.charAt(d));
      if (count > most) {
        best = DELIMITERS.charAt(d);
        most = count;
      }
    }
    return best;
  }

  private static int separators(String line, char separator) {
    boolean quoted = false;
    int count = 0;
    for (int i = 0; i < line.length(); i++) {
      quoted = (line.charAt(i) == '"') != quoted;
      if (line.charAt(i) == separator && !quoted) {
        count++;
      }
    }
    return count;
  }

  private static String firstLine(Path upload) throws UnreadableTable {
    try (var in = Files.newInputStream(upload)) {
      byte[] head = in.readNBytes(LONGEST_LINE);
      int end = 0;
      while (end < head.length && head[end] != '\n' && head[end] != '\r') {
        if (head[end] == 0) {
          throw new UnreadableTable("The file is binary, not CSV.");
        }
        end++;
      }
      if (end == LONGEST_LINE) {
        throw new UnreadableTable("The first line is longer than " + LONGEST_LINE + " bytes.");
      }
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(java.nio.ByteBuffer.wrap(head, 0, end))
          .toString();
    } catch (MalformedInputException e) {
      throw new UnreadableTable("The file is not UTF-8 text.", OptionalLong.of(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long rows(Connection reader, Path parquet) throws SQLException, UnreadableTable {
    try (Statement statement = statement(reader);
        ResultSet count =
            statement.executeQuery(
                "select sum(num_rows) from parquet_file_metadata(%s)".formatted(quoted(parquet)))) {
      count.next();
      long rows = count.getLong(1);
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

  private static void describe(
      Connection reader, Path parquet, List<String> names, List<String> types) throws SQLException {
    try (Statement statement = reader.createStatement();
        ResultSet described =
            statement.executeQuery(
                "describe select * from read_parquet(%s)".formatted(quoted(parquet)))) {
      while (described.next()) {
        names.add(described.getString(1));
        types.add(described.getString(2));
      }
    }
  }

  private void checkNames(List<String> names) throws UnreadableTable {
    if (names.size() > settings.maxColumns()) {
      throw new UnreadableTable(
          "The table has %d columns; up to %d are taken."
              .formatted(names.size(), settings.maxColumns()));
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.isBlank()) {
        throw new UnreadableTable("Column %d has no name.".formatted(i + 1));
      }
      if (name.length() > LONGEST_NAME || CONTROL.matcher(name).find()) {
        throw new UnreadableTable(
            "The name of column %d is longer than %d characters or has control characters."
                .formatted(i + 1, LONGEST_NAME));
      }
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw new UnreadableTable(
            "Two columns are called '%s' (upper and lower case do not make a difference)."
                .formatted(name));
      }
    }
  }

  /** Counts what is missing; on the way each page of each column is read and decoded once. */
  private List<Column> columns(
      Connection reader, Path parquet, List<String> names, List<String> types, long rows)
      throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (int from = 0; from < names.size(); from += COLUMNS_PER_QUERY) {
      int to = Math.min(names.size(), from + COLUMNS_PER_QUERY);
      StringBuilder counts = new StringBuilder();
      for (int i = from; i < to; i++) {
        String name = '"' + names.get(i).replace("\"", "\"\"") + '"';
        boolean real = types.get(i).equals("DOUBLE") || types.get(i).equals("FLOAT");
        counts
            .append(counts.isEmpty() ? "" : ", ")
            .append(
                real ? "count(*) filter (where not isnan(" + name + "))" : "count(" + name + ")");
      }
      try (Statement statement = statement(reader);
          ResultSet present =
              statement.executeQuery(
                  "select %s from read_parquet(%s)".formatted(counts, quoted(parquet)))) {
        present.next();
        for (int i = from; i < to; i++) {
          columns.add(
              new Column(names.get(i), type(types.get(i)), rows - present.getLong(i - from + 1)));
        }
      }
    }
    return columns;
  }

  private static String type(String duckDb) {
    return switch (duckDb) {
      case "BOOLEAN" -> "boolean";
      case "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "HUGEINT" ->
          "long";
      case "FLOAT", "DOUBLE" -> "double";
      case "VARCHAR" -> "string";
      case "DATE" -> "date";
      default -> {
        if (duckDb.startsWith("TIMESTAMP")) {
          yield "timestamp";
        }
        yield duckDb.startsWith("DECIMAL") ? "double" : "other";
      }
    };
  }

  /** DuckDB's texts hold paths and row values, so only what they mean is told. */
  private UnreadableTable unreadable(SQLException e, TableFormat format) {
    String text = String.valueOf(e.getMessage());
    log.info("an uploaded {} file was refused: {}", format, text.lines().findFirst().orElse(""));
    if (e instanceof SQLTimeoutException || text.contains("INTERRUPT")) {
      return new UnreadableTable(
          "The file could not be read within " + settings.readTimeout().toSeconds() + " seconds.");
    }
    if (text.contains("Out of Memory")) {
      return new UnreadableTable(
          "The file needs more memory to read than is given to one; smaller row groups or fewer columns help.");
    }
    if (format == TableFormat.PARQUET) {
      return new UnreadableTable(
          text.contains("encrypt")
              ? "The file is an encrypted Parquet file."
              : "The file is not a complete, undamaged Parquet file.");
    }
    Matcher line = LINE.matcher(text);
    OptionalLong at =
        line.find() ? OptionalLong.of(Long.parseLong(line.group(1))) : OptionalLong.empty();
    String where = at.isPresent() ? "Line " + at.getAsLong() : "The file";
    return new UnreadableTable(
        where
            + (text.contains("Invalid unicode") || text.contains("not utf-8")
                ? " is not UTF-8 text."
                : text.contains("Expected Number of Columns")
                    ? " has another number of values than the header has columns."
                    : text.contains("quote")
                        ? " has a quote that is not closed."
                        : text.contains("Maximum line size")
                            ? " has a line longer than " + LONGEST_LINE + " bytes."
                            : " is not CSV with a header line and values separated by comma, semicolon, tab or bar."),
        at);
  }

  private Statement statement(Connection reader) throws SQLException {
    Statement statement = reader.createStatement();
    statement.setQueryTimeout((int) settings.readTimeout().toSeconds());
    return statement;
  }

  private void run(Connection reader, String sql) throws SQLException {
    try (Statement statement = statement(reader)) {
      statement.execute(sql);
    }
  }

  private static String quoted(Path path) {
    return "'" + text(path).replace("'", "''") + "'";
  }

  private static String text(Path path) {
    return path.toAbsolutePath().toString();
  }
}
