package ai.matih.ml.training.dataset.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.training.dataset.Column;
import ai.matih.ml.training.dataset.Column.TypeSource;
import ai.matih.ml.training.dataset.Tables;
import ai.matih.ml.training.dataset.UnreadableTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The type of a CSV column. */
class CsvTypesTests {

  @TempDir private Path folder;

  private List<String> cells(String cells) {
    return Arrays.stream(cells.split(" ?\\| ?", -1))
        .map(c -> c.replace('_', ' ').replace('~', '\t'))
        .toList();
  }

  /** In both orders of the rows: what comes first must not matter. */
  private Column read(List<String> cells, String... declared) throws UnreadableTable {
    ReadTables tables = new ReadTables(folder);
    Column column = tables.column(cells, declared);
    List<String> reversed = new ArrayList<>(cells);
    Collections.reverse(reversed);
    Column other = tables.column(reversed, declared);
    assertThat(other.type()).isEqualTo(column.type());
    assertThat(other.missing()).isEqualTo(column.missing());
    assertThat(other.note().isPresent()).isEqualTo(column.note().isPresent());
    return column;
  }

  /** Cells are separated by a bar; an underscore is a space, a tilde a tab. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      nullValues = "-",
      value = {
        // Truth values
        "true | FALSE | True; boolean; 0; -",
        "true | | NA; boolean; 2; -",
        "true | yes | no; string; 0; -",
        "yes | no; string; 0; -",
        "t | f; string; 0; -",
        "T | F; string; 0; -",
        "0 | 1; long; 0; -",
        "true | true | true | 1; string; 0; line 5",
        // Whole numbers
        "1 | -2 | 9223372036854775807; long; 0; -",
        "-9223372036854775808; long; 0; -",
        "9223372036854775808 | 1; double; 0; -",
        "9223372036854775809; string; 0; too long",
        "12345678901234567890 | 12345678901234567891; string; 0; too long",
        "9007199254740993 | 1.5; string; 0; too long",
        "9007199254740993.0 | 1.5; string; 0; too long",
        "9007199254740992 | 1.5; double; 0; -",
        "01 | 02; string; 0; leading zeros",
        "90210 | 01234; string; 0; leading zeros",
        "+5 | 6; string; 0; plus",
        "1_000_|_2; string; 0; -",
        "__5 | 6_ | ~7; long; 0; -",
        "_5.5 | _NaN_; double; 1; -",
        "-0 | 1; double; 0; -",
        // Real numbers
        "1.5 | 2 | -.5 | 5. | 1e3 | 1E-3 | 0.0; double; 0; -",
        "inf | -inf | Infinity; double; 0; -",
        "1 | Inf; double; 0; -",
        "Inf | 1; double; 0; -",
        "1e400 | 1; string; 0; too large or too small",
        "1e-400 | 1; string; 0; too large or too small",
        "0e-400 | 1; double; 0; -",
        "00.5 | 1; string; 0; -",
        "1_5; string; 0; -",
        "0x1F | 2 | 3; string; 0; line 2",
        "12,5 | 3,25; string; 0; decimal comma",
        "1.234,56 | 2; string; 0; decimal comma",
        "1,234.56; string; 0; separated thousands",
        "$5 | 6.50; string; 0; currency",
        "5% | 6%; string; 0; per cent",
        "5 € | 6; string; 0; currency",
        // Missing values
        "1 | #N/A | <NA> | n/a | None | null | NULL | nan | -nan | NaN | -NaN | NA | N/A | #NA | #N/A N/A | -1.#IND | -1.#QNAN | 1.#IND | 1.#QNAN; long; 18; -",
        "29.85 | _ | 108.15; double; 1; -",
        "true | __; boolean; 1; -",
        "2020-01-01 | _ |; date; 2; -",
        "a | _ | NA; string; 1; -",
        "_NA_ | 1; long; 1; -",
        "_NA_ | a; string; 0; -",
        "| NA; string; 2; no values",
        "1 | ?; string; 0; -",
        "1 | 2 | ? | 3; string; 0; line 4",
        "- | 1 | 2; string; 0; line",
        // Dates and times
        "2020-02-29 | 1999-12-31; date; 0; -",
        "2020-02-30 | 2020-02-28 | 2020-02-27; string; 0; line 2",
        "2021-02-29; string; 0; YYYY-MM-DD",
        "0000-01-01; string; 0; YYYY-MM-DD",
        "2020-01-01 | 2020-01-01 10:00; timestamp; 0; -",
        "2020-01-01T10:00:00 | 2020-01-01 10:00:00.5; timestamp; 0; -",
        "2020-01-01T10:00:00.123456789; timestamp; 0; -",
        "2020-01-01T10:00:00.1234567891; string; 0; YYYY-MM-DD",
        "2020-01-01T10:00:00.123456789 | 1500-01-01; string; 0; too far away",
        "2020-01-01T10:00:00Z | 2020-01-01 12:00+02:00; timestamp; 0; -",
        "2020-01-01T10:00:00.000000+0000; timestamp; 0; -",
        "2020-01-01T10:00:00Z | 2020-01-01T10:00:00; string; 0; with and without a zone",
        "2020-01-01T10:00:00Z | 2020-01-01; string; 0; with and without a zone",
        "2020-01-01T25:00:00; string; 0; YYYY-MM-DD",
        "10.1.1 | 10.1.2; string; 0; YYYY-MM-DD",
        "20-1-1; string; 0; YYYY-MM-DD",
        "1/2/2020 | 13/2/2020; string; 0; YYYY-MM-DD",
        "01-Jan-2020; string; 0; YYYY-MM-DD",
        "20200101; long; 0; -",
        "10:30; string; 0; -",
        // Texts
        "a | b; string; 0; -",
        "a | 1; string; 0; -",
        "JFK | inf; string; 0; -",
        "1.1.1.1; string; 0; -",
        "٣ | ٤; string; 0; -",
      })
  void follows_from_all_of_its_cells(String cells, String type, long missing, String note)
      throws UnreadableTable {
    Column column = read(cells(cells));

    assertThat(column.type()).isEqualTo(type);
    assertThat(column.missing()).isEqualTo(missing);
    assertThat(column.typeSource()).contains(TypeSource.GUESSED);
    if (note == null) {
      assertThat(column.note()).isEmpty();
    } else {
      assertThat(column.note().orElseThrow()).contains(note);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "01234 | 2; string; 0",
        "01234 | 2 |; long; 1",
        "1.0 | NaN | 3.; long; 1",
        "+5; long; 0",
        "007.50 | +1 | inf | 12345678901234567891; double; 0",
        "2020-01-01 | ; date; 1",
        "2020-01-01 | 2020-01-01 10:00; timestamp; 0",
        "2020-01-01T10:00Z; timestamp; 0",
        "TRUE | null; boolean; 1",
        "NA | NaN; double; 2",
        "NA | NaN; date; 2",
      })
  void may_be_declared(String cells, String type, long missing) throws UnreadableTable {
    Column column = read(cells(cells), "x:" + type);

    assertThat(column.type()).isEqualTo(type);
    assertThat(column.missing()).isEqualTo(missing);
    assertThat(column.typeSource()).contains(TypeSource.DECLARED);
    assertThat(column.note()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "1 | 1.5; long; 3",
        "1 | 9223372036854775808; long; 3",
        "1 | 1_000; long; 3",
        "1 | a; double; 3",
        "1 | 1e400; double; 3",
        "2020-01-01 | 01.02.2020; date; 3",
        "2020-01-01 | 2020-01-01 10:00; date; 3",
        "2020-01-01 | 2020-02-30; date; 3",
        "2020-01-01T10:00Z | 2020-01-01T10:00; timestamp; 3",
        "2020-01-01T10:00:00.123456789 | 1500-01-01; timestamp; 3",
        "true | 1; boolean; 3",
        "true | yes; boolean; 3",
      })
  void refuses_what_does_not_fit_its_declaration(String cells, String type, long line) {
    assertThatThrownBy(() -> new ReadTables(folder).column(cells(cells), "x:" + type))
        .isInstanceOfSatisfying(
            UnreadableTable.class,
            e -> {
              assertThat(e.facts())
                  .containsEntry("line", line)
                  .containsEntry("column", "x")
                  .containsEntry("expected", type);
              assertThat(e.reason()).contains("Line " + line + " of column 'x'");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"y:long", "x:int", "x", ":long", "x:", "x:other", "X:long"})
  void refuses_a_declaration_of_an_unknown_column_or_type(String declaration) {
    assertThatThrownBy(() -> new ReadTables(folder).column(List.of("1"), declaration))
        .isInstanceOfSatisfying(
            Problem.class,
            problem ->
                assertThat(problem.violations())
                    .extracting(violation -> violation.field())
                    .containsExactly("type"));
  }

  @Test
  void is_declared_for_a_name_with_a_colon() throws UnreadableTable {
    Tables.Table table = new ReadTables(folder).csv("a:b,\"a,b\"\n01,02\n", "a:b:long", "a,b:long");

    assertThat(table.columns()).extracting(Column::type).containsExactly("long", "long");
  }

  @Test
  void names_the_line_of_an_editor() throws UnreadableTable {
    Tables.Table table =
        new ReadTables(folder)
            .csv("x,y\r\n1,\"two\r\nlines \"\"and\"\" quotes\"\r\n\r\n2,b\r\n?,c\r\n3,d\r\n");

    assertThat(table.columns().getFirst().note().orElseThrow()).contains("line 6");
    assertThat(table.rows()).isEqualTo(4);
  }

  @Test
  void keeps_every_value_exactly() throws UnreadableTable {
    String csv =
        """
        id,n,d,at,day,zoned,flag,text
        12345678901234567890,9223372036854775807,0.1,2020-01-01T10:00:00.123456789,2020-02-29,2020-01-01T12:00:00+02:00,True," padded "
        12345678901234567891,-5,inf,2020-01-02,1999-12-31,2020-01-01 00:00:00.5Z,false,NULLs
        """;
    ReadTables tables = new ReadTables(folder);

    assertThat(tables.preview(tables.csv(csv), 2).rows())
        .extracting(row -> row.values().stream().map(Object::toString).toList())
        .containsExactly(
            List.of(
                "12345678901234567890",
                "9223372036854775807",
                "0.1",
                "2020-01-01T10:00:00.123456789",
                "2020-02-29",
                "2020-01-01T10:00:00Z",
                "true",
                " padded "),
            List.of(
                "12345678901234567891",
                "-5",
                "Infinity",
                "2020-01-02T00:00:00",
                "1999-12-31",
                "2020-01-01T00:00:00.5Z",
                "false",
                "NULLs"));
  }

  @Test
  void is_found_in_a_wide_table() throws UnreadableTable {
    StringBuilder csv = new StringBuilder("c0");
    for (int i = 1; i < 450; i++) {
      csv.append(",c").append(i);
    }
    for (int row = 0; row < 3; row++) {
      csv.append("\n0");
      for (int i = 1; i < 450; i++) {
        csv.append(',').append(i % 2 == 0 ? "x" + row : row);
      }
    }

    assertThat(new ReadTables(folder).csv(csv.append('\n').toString()).columns())
        .allSatisfy(
            column ->
                assertThat(column.type())
                    .isEqualTo(
                        !column.name().equals("c0")
                                && Integer.parseInt(column.name().substring(1)) % 2 == 0
                            ? "string"
                            : "long"));
  }
}
