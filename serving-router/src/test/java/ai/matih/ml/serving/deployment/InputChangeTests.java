package ai.matih.ml.serving.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.matih.ml.bundle.Column;
import ai.matih.ml.bundle.ColumnType;
import ai.matih.ml.bundle.FeatureSource;
import ai.matih.ml.bundle.Signature;
import ai.matih.ml.bundle.Task;
import ai.matih.ml.serving.deployment.InputChange.Meaning;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A change of inputs ... */
class InputChangeTests {

  private static final Column AGE = new Column("age", ColumnType.DOUBLE, true);
  private static final Column PLAN = new Column("plan", ColumnType.STRING, true);

  private static Signature taking(Column... columns) {
    return new Signature(2, Task.REGRESSION, List.of(columns), List.of(), Optional.empty());
  }

  private static Signature joinedBy(String key) {
    return new Signature(
        2,
        Task.REGRESSION,
        List.of(AGE),
        List.of(),
        Optional.of(new FeatureSource(List.of("v:age"), Optional.empty(), List.of(key))));
  }

  @Test
  void is_compatible_where_nothing_is_new() {
    for (InputChange change :
        List.of(
            InputChange.NONE,
            InputChange.of(taking(AGE), List.of()),
            InputChange.of(taking(AGE), List.of(taking(AGE))),
            InputChange.of(
                taking(AGE), List.of(taking(new Column("age", ColumnType.LONG, false)))))) {
      assertThat(change).isEqualTo(InputChange.NONE);
      assertThat(change.meaning(Set.of())).isEqualTo(Meaning.COMPATIBLE);
    }
    InputChange fewer = InputChange.of(taking(AGE), List.of(taking(AGE, PLAN)));
    assertThat(fewer.unused()).containsExactly("plan");
    assertThat(fewer.meaning(Set.of())).isEqualTo(Meaning.COMPATIBLE);
  }

  @Test
  void needs_a_default_for_what_not_all_others_have() {
    InputChange change = InputChange.of(taking(AGE, PLAN), List.of(taking(AGE, PLAN), taking(AGE)));

    assertThat(change.added()).containsExactly("plan");
    assertThat(change.meaning(Set.of())).isEqualTo(Meaning.NEEDS_DEFAULT);
    assertThat(change.inWords(Set.of())).contains("plan", "inputs.defaults");
    assertThat(change.meaning(Set.of("plan"))).isEqualTo(Meaning.COMPATIBLE);
  }

  @Test
  void breaks_where_an_input_takes_less_than_before() {
    for (Signature next :
        List.of(
            taking(new Column("age", ColumnType.LONG, true)),
            taking(new Column("age", ColumnType.STRING, true)),
            taking(new Column("age", ColumnType.DOUBLE, false)))) {
      InputChange change = InputChange.of(next, List.of(taking(AGE)));
      assertThat(change.narrowed()).containsExactly("age");
      assertThat(change.meaning(Set.of("age"))).isEqualTo(Meaning.BREAKS);
      assertThat(change.inWords(Set.of())).startsWith("age: ");
    }
    assertThat(InputChange.of(joinedBy("user"), List.of(joinedBy("shop"))).narrowed())
        .containsExactly("entities.user");
  }
}
