package ai.matih.ml.training.dataset.duckdb;

import ai.matih.ml.training.dataset.UnreadableTable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What must be known of a CSV file before its values are read: where its header is, what separates
 * values, and what the columns are called.
 *
 * @param skippedLines before the header: empty ones, and {@code sep=;} as spreadsheets write it
 */
record CsvFile(Path path, char delimiter, int skippedLines, List<String> names) {

  static final int LONGEST_LINE = 1 << 20;

  private static final String DELIMITERS = ",;\t|";
  private static final Pattern SEPARATOR_LINE =
      Pattern.compile("\"?sep=(.)\"?", Pattern.CASE_INSENSITIVE);

  static CsvFile open(Path path) throws UnreadableTable {
    byte[] head = head(path);
    int start = head.length >= 3 && head[0] == (byte) 0xEF && head[1] == (byte) 0xBB ? 3 : 0;
    int skipped = 0;
    char delimiter = 0;
    while (true) {
      int end = endOfLine(head, start);
      String line = text(head, start, end, skipped + 1);
      Matcher separator = SEPARATOR_LINE.matcher(line);
      if (delimiter == 0 && separator.matches()) {
        delimiter = separator.group(1).charAt(0);
        if (DELIMITERS.indexOf(delimiter) < 0) {
          throw new UnreadableTable(
              "The first line says sep=%s; values can be separated by comma, semicolon, tab or bar."
                  .formatted(separator.group(1)),
              1);
        }
      } else if (!line.isEmpty()) {
        String header = text(head, start, endOfRecord(head, start), skipped + 1);
        char by = delimiter == 0 ? mostFrequent(line) : delimiter;
        return new CsvFile(path, by, skipped, values(header, by));
      }
      if (end == head.length) {
        throw new UnreadableTable("The file has no header line.");
      }
      skipped++;
      start = nextLine(head, end);
    }
  }

  /** Options for {@code read_csv}: the columns are called {@code c0}, {@code c1}, … */
  String options() {
    StringBuilder columns = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      columns.append(i == 0 ? "" : ", ").append("'c").append(i).append("': 'VARCHAR'");
    }
    return "auto_detect = false, header = true, columns = {%s}, nullstr = [%s], delim = '%s', quote = '\"', escape = '\"', comment = '', skip = %d, strict_mode = true, null_padding = false, compression = 'none', max_line_size = %d"
        .formatted(columns, CellKind.MISSING_MARKS, delimiter, skippedLines, LONGEST_LINE);
  }

  /**
   * The lines at which rows begin, as an editor counts them.
   *
   * @param rows counted from 0, the header not among them
   */
  Map<Long, Long> lines(NavigableSet<Long> rows) {
    Map<Long, Long> lines = new HashMap<>();
    if (rows.isEmpty()) {
      return lines;
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      Records records = new Records(in, delimiter, skippedLines);
      records.next(); // the header
      for (long row = 0; lines.size() < rows.size() && records.next(); row++) {
        if (rows.contains(row)) {
          lines.put(row, records.line());
        }
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether lines end with LF in one place and with CR LF in another. */
  boolean mixesLineEnds() {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      boolean plain = false;
      boolean carriage = false;
      int before = 0;
      for (int c = in.read(); c >= 0; c = in.read()) {
        carriage |= before == '\r';
        plain |= c == '\n' && before != '\r';
        before = c;
      }
      return plain && carriage;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] head(Path path) throws UnreadableTable {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] head = in.readNBytes(LONGEST_LINE);
      if (head.length >= 2 && (head[0] & 0xFF) + (head[1] & 0xFF) == 0xFF + 0xFE) {
        throw new UnreadableTable("The file is UTF-16 text; save it as UTF-8.");
      }
      return head;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int endOfLine(byte[] head, int start) throws UnreadableTable {
    for (int i = start; i < head.length; i++) {
      if (head[i] == 0) {
        throw new UnreadableTable("The file is binary, not CSV.");
      }
      if (head[i] == '\n' || head[i] == '\r') {
        return i;
      }
    }
    return atEnd(head);
  }

  private static int endOfRecord(byte[] head, int start) throws UnreadableTable {
    boolean quoted = false;
    for (int i = start; i < head.length; i++) {
      quoted = (head[i] == '"') != quoted;
      if (!quoted && (head[i] == '\n' || head[i] == '\r')) {
        return i;
      }
    }
    return atEnd(head);
  }

  private static int atEnd(byte[] head) throws UnreadableTable {
    if (head.length == LONGEST_LINE) {
      throw new UnreadableTable("The first line is longer than " + LONGEST_LINE + " bytes.");
    }
    return head.length;
  }

  private static int nextLine(byte[] head, int end) {
    boolean two = end + 1 < head.length && head[end] == '\r' && head[end + 1] == '\n';
    return end + (two ? 2 : 1);
  }

  private static String text(byte[] head, int start, int end, int line) throws UnreadableTable {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(head, start, end - start))
          .toString();
    } catch (CharacterCodingException e) {
      throw new UnreadableTable("Line " + line + " is not UTF-8 text.", line);
    }
  }

  /** The candidate that is most frequent in the header, outside quotes. */
  private static char mostFrequent(String line) {
    char best = ',';
    int most = 0;
    for (int d = 0; d < DELIMITERS.length(); d++) {
      boolean quoted = false;
      int count = 0;
      for (int i = 0; i < line.length(); i++) {
        quoted = (line.charAt(i) == '"') != quoted;
        if (line.charAt(i) == DELIMITERS.charAt(d) && !quoted) {
          count++;
        }
      }
      if (count > most) {
        best = DELIMITERS.charAt(d);
        most = count;
      }
    }
    return best;
  }

  private static List<String> values(String record, char delimiter) throws UnreadableTable {
    List<String> values = new ArrayList<>();
    int i = 0;
    while (true) {
      StringBuilder value = new StringBuilder();
      if (i < record.length() && record.charAt(i) == '"') {
        i = quotedValue(record, i + 1, value);
      }
      while (i < record.length() && record.charAt(i) != delimiter) {
        value.append(record.charAt(i++));
      }
      values.add(value.toString());
      if (i == record.length()) {
        return values;
      }
      i++;
    }
  }

  private static int quotedValue(String record, int from, StringBuilder value)
      throws UnreadableTable {
    for (int i = from; i < record.length(); i++) {
      if (record.charAt(i) != '"') {
        value.append(record.charAt(i));
      } else if (i + 1 < record.length() && record.charAt(i + 1) == '"') {
        value.append('"');
        i++;
      } else {
        return i + 1;
      }
    }
    throw new UnreadableTable("The header has a quote that is not closed.");
  }

  /** Finds where records begin; a line without anything is none. */
  private static final class Records {

    private final InputStream in;
    private final char delimiter;
    private long nextLine = 1;
    private long line;
    private int ahead;

    Records(InputStream in, char delimiter, int skip) throws IOException {
      this.in = in;
      this.delimiter = delimiter;
      this.ahead = in.read();
      for (int i = 0; i < skip; i++) {
        while (ahead >= 0 && !endOfLine()) {
          ahead = in.read();
        }
      }
    }

    /** Where the record begins that was found last. */
    long line() {
      return line;
    }

    boolean next() throws IOException {
      while (ahead >= 0) {
        line = nextLine;
        boolean empty = true;
        Place place = Place.START;
        while (ahead >= 0) {
          int c = ahead;
          if (!endOfLine()) {
            place = place.after(c, delimiter);
            ahead = in.read();
          } else if (place != Place.QUOTED) {
            break;
          }
          empty = false;
        }
        if (!empty) {
          return true;
        }
      }
      return false;
    }

    private enum Place {
      START,
      PLAIN,
      QUOTED,
      /** After a quote that closes the value, or is the first half of a written quote. */
      CLOSED;

      Place after(int c, char delimiter) {
        return switch (this) {
          case QUOTED -> c == '"' ? CLOSED : QUOTED;
          case START, CLOSED -> c == '"' ? QUOTED : c == delimiter ? START : PLAIN;
          case PLAIN -> c == delimiter ? START : PLAIN;
        };
      }
    }

    /** Consumes CR, LF or CR LF. */
    private boolean endOfLine() throws IOException {
      if (ahead != '\n' && ahead != '\r') {
        return false;
      }
      int first = ahead;
      ahead = in.read();
      if (first == '\r' && ahead == '\n') {
        ahead = in.read();
      }
      nextLine++;
      return true;
    }
  }
}
