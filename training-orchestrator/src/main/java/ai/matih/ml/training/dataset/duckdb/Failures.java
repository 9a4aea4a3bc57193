package ai.matih.ml.training.dataset.duckdb;

import ai.matih.ml.training.dataset.DatasetSettings;
import ai.matih.ml.training.dataset.UnreadableTable;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What DuckDB's failures mean. Its texts hold paths and values, so only the meaning is told. */
final class Failures {

  private static final Logger log = LoggerFactory.getLogger(Failures.class);
  private static final Pattern LINE = Pattern.compile("CSV Error on Line: (\\d+)");
  private static final Pattern VALUES =
      Pattern.compile("Expected Number of Columns: (\\d+) Found: (\\d+)");

  private Failures() {}

  static UnreadableTable ofParquet(SQLException e, DatasetSettings settings) {
    String text = logged(e, "Parquet");
    return limit(e, text, settings)
        .orElseGet(
            () ->
                new UnreadableTable(
                    text.contains("encrypt")
                        ? "The file is an encrypted Parquet file."
                        : "The file is not a complete, undamaged Parquet file."));
  }

  static UnreadableTable ofCsv(SQLException e, CsvFile file, DatasetSettings settings) {
    String text = logged(e, "CSV");
    Optional<UnreadableTable> limit = limit(e, text, settings);
    if (limit.isPresent()) {
      return limit.get();
    }
    String meaning = meaning(text, file);
    Matcher line = LINE.matcher(text);
    if (!line.find()) {
      return new UnreadableTable("The file" + meaning);
    }
    long at = Long.parseLong(line.group(1));
    return new UnreadableTable("Line " + at + meaning, at);
  }

  private static Optional<UnreadableTable> limit(
      SQLException e, String text, DatasetSettings settings) {
    if (e instanceof SQLTimeoutException || text.contains("INTERRUPT")) {
      return Optional.of(
          new UnreadableTable(
              "The file could not be read within "
                  + settings.readTimeout().toSeconds()
                  + " seconds."));
    }
    return text.contains("Out of Memory")
        ? Optional.of(
            new UnreadableTable(
                "The file needs more memory to read than is given to one; smaller row groups or fewer columns help."))
        : Optional.empty();
  }

  private static String meaning(String text, CsvFile file) {
    if (text.contains("Invalid unicode") || text.contains("not utf-8")) {
      return " is not UTF-8 text.";
    }
    Matcher values = VALUES.matcher(text);
    if (values.find()) {
      boolean oneMore = Integer.parseInt(values.group(2)) == Integer.parseInt(values.group(1)) + 1;
      return " has another number of values than the header has columns."
          + (oneMore
              ? " If rows begin with a name that has no header, write the file without row names (row.names=FALSE in R); a value that holds the separator needs quotes."
              : "");
    }
    if (text.contains("unterminated quote")) {
      return " has a quote that is not closed.";
    }
    if (text.contains("Maximum line size")) {
      return " has a line longer than " + CsvFile.LONGEST_LINE + " bytes.";
    }
    return file.mixesLineEnds()
        ? " ends some lines with LF and others with CR LF; write all in one way."
        : " is not CSV with a header line and values separated by comma, semicolon, tab or bar.";
  }

  private static String logged(SQLException e, String format) {
    String text = String.valueOf(e.getMessage());
    log.info("a {} file was refused: {}", format, text.lines().findFirst().orElse(""));
    return text;
  }
}
