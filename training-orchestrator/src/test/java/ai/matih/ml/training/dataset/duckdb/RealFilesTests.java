package ai.matih.ml.training.dataset.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.training.dataset.Tables;
import ai.matih.ml.training.dataset.UnreadableTable;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** CSV files as pandas, Polars, R and spreadsheets write them. */
class RealFilesTests {

  private static final String BOM = "\uFEFF";

  @TempDir private Path folder;

  static Stream<Arguments> good() {
    return Stream.of(
        file(
            "pandas",
            "a,b,at\n1,x,2020-01-01 00:00:00\n2.5,,2020-01-02 10:30:00\n",
            "a double 0; b string 1; at timestamp 0"),
        file(
            "pandas with a zone",
            "a,at\n1,2020-01-01 00:00:00+00:00\n,2020-06-01 00:00:00+02:00\n",
            "a long 1; at timestamp 0"),
        file(
            "Polars",
            "a,b,at\ntrue,0.1,2020-01-01T00:00:00.000000\nfalse,,2020-01-02T00:00:00.000000\n",
            "a boolean 0; b double 1; at timestamp 0"),
        file(
            "R write.csv with row.names=FALSE",
            "\"a\",\"b\",\"c\"\n1,\"x\",TRUE\nNA,NA,FALSE\nInf,\"z\",NA\n",
            "a double 1; b string 1; c boolean 1"),
        file(
            "R write.csv2",
            "\"a\";\"b\"\n1,5;\"x\"\n2,25;\"y\"\n",
            "a string 0 decimal comma; b string 0"),
        file(
            "Excel with a decimal comma",
            BOM + "Größe;Preis\r\n12;1.234,50\r\n13;99,90\r\n",
            "Größe long 0; Preis string 0 decimal comma"),
        file("Excel with sep=", "sep=;\r\na;b\r\n1;2\r\n", "a long 0; b long 0"),
        file("Excel with BOM and sep=", BOM + "sep=,\r\na,b\r\n1,2\r\n", "a long 0; b long 0"),
        file("Excel, unquoted tabs", "a\tb\r\n1\t2\r\n", "a long 0; b long 0"),
        file("a quoted header after a BOM", BOM + "\"a\",\"b\"\n1,2\n", "a long 0; b long 0"),
        file("an empty last line", "a,b\n1,2\n\n", "a long 0; b long 0"),
        file("empty lines before the header", "\n\na,b\n1,2\n", "a long 0; b long 0"),
        file("no end of line at the end", "a,b\n1,2", "a long 0; b long 0"),
        file("lines that end with CR", "a,b\r1,2\r3,4\r", "a long 0; b long 0"),
        file("a quoted newline", "a,b\n1,\"two\nlines\"\n2,x\n", "a long 0; b string 0"),
        file("a quoted separator", "a,\"b,c\"\n1,\"2,5\"\n", "a long 0; b,c string 0 decimal"),
        file("a quote in a header", "\"a \"\"b\"\"\",c\n1,2\n", "a \"b\" long 0; c long 0"),
        file("spaces after the comma", "a, b\n1, 2\n3, 4\n", "a long 0;  b long 0"),
        file(
            "the public churn table",
            "customerID,SeniorCitizen,TotalCharges,Churn\n7590-VHVEG,0,29.85,No\n5575-GNVDE,0, ,Yes\n",
            "customerID string 0; SeniorCitizen long 0; TotalCharges double 1; Churn string 0"),
        file(
            "a spreadsheet's dates",
            "when,at\n1/2/2020,3.4.2020\n13/2/2020,5.4.2020\n",
            "when string 0 YYYY-MM-DD; at string 0 YYYY-MM-DD"));
  }

  private static Arguments file(String writer, String content, String columns) {
    return Arguments.of(writer, content, columns);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("good")
  void are_read(String writer, String content, String columns) throws UnreadableTable {
    Tables.Table table = new ReadTables(folder).csv(content);

    String[] expected = columns.split("; ");
    assertThat(table.columns()).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      var column = table.columns().get(i);
      String found = column.name() + " " + column.type() + " " + column.missing();
      assertThat(expected[i]).startsWith(found);
      assertThat(column.note().orElse("")).contains(expected[i].substring(found.length()).strip());
    }
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        file("R write.csv with row names", "\"\",\"a\"\n\"1\",5\n", "row.names=FALSE"),
        file("pandas with its index", ",a\n0,5\n", "index=False"),
        file("R write.table with row names", "\"a\",\"b\"\n\"1\",5,6\n", "row.names=FALSE"),
        file("mixed ends of lines", "a,b\n1,2\r\n3,4\n", "CR LF"),
        file("another separator", "sep=#\na#b\n1#2\n", "separated by comma"),
        file("a decimal comma between commas", "a,b\n1,5,2\n", "needs quotes"),
        file("an open quote in the header", "\"a,b\n1,2\n", "quote"),
        file("nothing but empty lines", "\n\n\n", "no header"),
        file("a header with a newline", "\"a\nb\",c\n1,2\n", "control characters"),
        file("a name of 256 letters", "字".repeat(256) + ",b\n1,2\n", "255"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void are_refused_with_what_to_do(String writer, String content, String reason) {
    assertThatThrownBy(() -> new ReadTables(folder).csv(content))
        .as(writer)
        .isInstanceOf(UnreadableTable.class)
        .hasMessageContaining(reason);
  }

  @Test
  void are_refused_in_another_encoding() {
    for (Charset charset : new Charset[] {StandardCharsets.UTF_16, StandardCharsets.ISO_8859_1}) {
      assertThatThrownBy(() -> new ReadTables(folder).csv("a,é\n1,2\n".getBytes(charset)))
          .isInstanceOf(UnreadableTable.class)
          .hasMessageContaining("UTF-8");
    }
    assertThatThrownBy(
            () -> new ReadTables(folder).csv("a\n1\né\n".getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(UnreadableTable.class)
        .hasMessageContaining("Line 3 is not UTF-8");
  }

  @Test
  void may_have_names_of_255_letters_of_any_script() throws UnreadableTable {
    String emoji = "😀".repeat(255);

    assertThat(new ReadTables(folder).csv(emoji + ",b\n1,2\n").columns().getFirst().name())
        .isEqualTo(emoji);
  }
}
