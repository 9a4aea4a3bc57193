package ai.matih.ml.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The name of a column. */
class ColumnNameTests {

  @Test
  void has_up_to_255_characters_of_any_script() {
    for (String letter : List.of("a", "字", "😀", "é")) {
      assertThat(ColumnName.isValid(letter.repeat(255))).as(letter).isTrue();
      assertThat(ColumnName.isValid(letter.repeat(256))).as(letter).isFalse();
      assertThat(new Column(letter.repeat(255), ColumnType.LONG, true).name()).hasSizeLessThan(511);
    }
    assertThat(ColumnName.isValid(" a ")).isTrue();
  }

  @Test
  void is_not_blank_and_has_no_control_characters() {
    for (String name : List.of("", " ", "\u3000", "a\n", "a\u0000b", "\u007f", "\u0085")) {
      assertThat(ColumnName.isValid(name)).as(name).isFalse();
      assertThatThrownBy(() -> new Column(name, ColumnType.LONG, true))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("255");
    }
  }
}
