package ai.matih.ml.local.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ArgumentsTests {

  @Test
  void options_may_stand_anywhere_and_in_both_forms() {
    var arguments = Arguments.parse("--home", "/x", "up", "--port=8080", "--no-checks");

    assertThat(arguments.command()).isEqualTo("up");
    assertThat(arguments.option("home")).contains("/x");
    assertThat(arguments.number("port")).contains(8080);
    assertThat(arguments.has("no-checks")).isTrue();
  }

  @Test
  void words_after_the_command_are_kept_in_order() {
    assertThat(Arguments.parse("test", "acceptance", "ml-api").words())
        .containsExactly("acceptance", "ml-api");
  }

  @Test
  void short_options_stand_for_long_ones() {
    var arguments = Arguments.parse("logs", "ray", "-f", "-n", "5");

    assertThat(arguments.has("follow")).isTrue();
    assertThat(arguments.number("lines")).contains(5);
  }

  @Test
  void nothing_typed_and_any_wish_for_help_mean_help() {
    assertThat(Arguments.parse().command()).isEqualTo("help");
    assertThat(Arguments.parse("up", "--help").command()).isEqualTo("help");
    assertThat(Arguments.parse("-h").command()).isEqualTo("help");
  }

  @Test
  void an_option_of_another_command_is_refused_by_name() {
    assertThatThrownBy(() -> Arguments.parse("down", "--port", "1"))
        .isInstanceOf(WrongUsage.class)
        .hasMessageContaining("./ml down has no option --port");
  }

  @Test
  void a_missing_or_wrong_value_is_refused() {
    assertThatThrownBy(() -> Arguments.parse("up", "--port"))
        .isInstanceOf(WrongUsage.class)
        .hasMessage("--port needs a value");
    assertThatThrownBy(() -> Arguments.parse("up", "--port", "many").number("port"))
        .isInstanceOf(WrongUsage.class)
        .hasMessage("--port needs a number, not many");
    assertThatThrownBy(() -> Arguments.parse("reset", "--yes=no"))
        .isInstanceOf(WrongUsage.class)
        .hasMessage("--yes takes no value");
  }

  @Test
  void a_time_is_an_iso_duration() {
    assertThat(Key.duration("P30D")).isEqualTo(Duration.ofDays(30));
    assertThatThrownBy(() -> Key.duration("tomorrow"))
        .isInstanceOf(WrongUsage.class)
        .hasMessageContaining("PT24H");
  }

  @Test
  void wrong_usage_ends_with_two_and_an_unknown_command_too() {
    assertThat(Ml.run("up", "--nonsense", "1")).isEqualTo(2);
    assertThat(Ml.run("fly")).isEqualTo(2);
    assertThat(Ml.run("help")).isZero();
  }
}
