package ai.matih.ml.training.dataset.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.matih.ml.training.dataset.Column;
import ai.matih.ml.training.dataset.Column.TypeSource;
import ai.matih.ml.training.dataset.Preview;
import ai.matih.ml.training.dataset.Preview.Statistics;
import ai.matih.ml.training.dataset.Tables;
import ai.matih.ml.training.dataset.UnreadableTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Parquet files, written by {@code make_kinds.py}; {@code test_dataset.py} reads the same files and
 * tables with Arrow.
 */
class KindsTests {

  @TempDir private Path folder;

  private static byte[] resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(KindsTests.class.getResourceAsStream("/kinds/" + name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static JsonNode table() {
    return JsonMapper.builder().build().readTree(resource("kinds.json"));
  }

  @Test
  void have_the_kind_and_missing_values_of_the_table_for_every_type() throws UnreadableTable {
    Tables.Table read = new ReadTables(folder).parquet(resource("kinds.parquet"));

    assertThat(read.columns())
        .allSatisfy(c -> assertThat(c.typeSource()).contains(TypeSource.FILE))
        .extracting(c -> c.name() + " " + c.type() + " " + c.missing())
        .isEqualTo(
            table()
                .valueStream()
                .map(
                    row ->
                        row.path("arrow").asString()
                            + " "
                            + row.path("kind").asString()
                            + " "
                            + row.path("missing").asLong())
                .collect(Collectors.toList()));
  }

  @Test
  void can_be_looked_into_for_every_type() throws UnreadableTable {
    ReadTables tables = new ReadTables(folder);
    Tables.Table read = tables.parquet(resource("kinds.parquet"));

    Preview preview = tables.preview(read, 5);

    assertThat(preview.rows()).hasSize(2);
    assertThat(preview.columns())
        .extracting(Statistics::name)
        .containsExactlyElementsOf(read.columns().stream().map(Column::name).toList());
    assertThat(preview.columns())
        .allSatisfy(c -> assertThat(c.count() + c.missing()).isEqualTo(read.rows()));
    assertThat(preview.rows().getFirst())
        .containsEntry("uint64", 1L)
        .containsEntry("decimal256", 1.25)
        .containsEntry("timestamp_ns_zone", "2020-01-01T00:00:00Z")
        .containsEntry("struct", "{'x': 1}");
  }

  @Test
  void mark_the_index_of_pandas() throws UnreadableTable {
    assertThat(indexes("pandas_filtered.parquet"))
        .containsExactly(Map.entry("x", false), Map.entry("__index_level_0__", true));
    assertThat(indexes("pandas_named.parquet"))
        .containsExactly(Map.entry("x", false), Map.entry("customer", true));
    assertThat(indexes("pandas_range.parquet")).containsExactly(Map.entry("x", false));
  }

  private List<Map.Entry<String, Boolean>> indexes(String file) throws UnreadableTable {
    return new ReadTables(folder)
        .parquet(resource(file)).columns().stream()
            .map(c -> Map.entry(c.name(), c.index().equals(Optional.of(true))))
            .toList();
  }

  @Test
  void are_refused_for_names_that_differ_in_case_only() {
    assertThatThrownBy(() -> new ReadTables(folder).parquet(resource("same_names.parquet")))
        .isInstanceOf(UnreadableTable.class)
        .hasMessageContaining("Two columns are called 'age'");
  }

  @Test
  void tell_the_statistics_of_a_column() throws UnreadableTable {
    ReadTables tables = new ReadTables(folder);
    Tables.Table read =
        tables.csv("n,t,b,d\n1,a,true,2020-01-01\n3,a,true,2021-01-01\n,b,,\ninf,,false,\n");

    Map<String, Statistics> columns =
        tables.preview(read, 2).columns().stream()
            .collect(Collectors.toMap(Statistics::name, c -> c));

    Statistics n = Objects.requireNonNull(columns.get("n"));
    assertThat(n.count()).isEqualTo(3);
    assertThat(n.missing()).isEqualTo(1);
    assertThat(n.approximateDistinct()).contains(3L);
    assertThat(n.min()).contains(1.0);
    assertThat(n.max()).contains("Infinity");
    assertThat(n.mean()).contains(2.0);
    assertThat(n.top()).isEmpty();
    Statistics t = Objects.requireNonNull(columns.get("t"));
    assertThat(t.top().orElseThrow())
        .containsExactly(new Preview.Frequency("a", 2), new Preview.Frequency("b", 1));
    assertThat(Objects.requireNonNull(columns.get("b")).top().orElseThrow())
        .containsExactly(new Preview.Frequency(true, 2), new Preview.Frequency(false, 1));
    assertThat(Objects.requireNonNull(columns.get("d")).max()).contains("2021-01-01");
  }

  /** Names that DuckDB or our own queries use for something else. */
  @Test
  void of_any_name_are_previewed_as_they_are() throws UnreadableTable {
    ReadTables tables = new ReadTables(folder);
    List<String> names =
        List.of(
            "value", "n", "kind", "v", "c1", "count(*)", "rowid", "file_row_number", "a.b", "🚀");
    String rows = ",x".repeat(names.size()).substring(1);
    String other = ",y".repeat(names.size()).substring(1);

    Preview preview =
        tables.preview(
            tables.csv(String.join(",", names) + "\n" + other + "\n" + rows + "\n" + rows + "\n"),
            1);

    assertThat(preview.columns()).extracting(Statistics::name).containsExactlyElementsOf(names);
    assertThat(preview.columns())
        .allSatisfy(
            column ->
                assertThat(column.top().orElseThrow())
                    .containsExactly(new Preview.Frequency("x", 2), new Preview.Frequency("y", 1)));
  }
}
