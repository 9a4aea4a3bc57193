package ai.matih.ml.common.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTests {

  private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  @ParameterizedTest
  @ValueSource(strings = {"00-" + ID + "-" + SPAN + "-01", "cc-" + ID + "-" + SPAN + "-01-more"})
  void a_valid_one_goes_on_with_a_span_of_our_own(String given) {
    Trace trace = Trace.continued(given, "vendor=1,other=2");

    Map<String, String> sent = new HashMap<>();
    trace.writeTo(sent::put);
    assertThat(sent.get("traceparent")).matches("00-" + ID + "-[0-9a-f]{16}-01");
    assertThat(sent.get("traceparent")).doesNotContain(SPAN);
    assertThat(sent).containsEntry("tracestate", "vendor=1,other=2");
  }

  @Test
  void what_was_not_sampled_is_passed_on_as_such() {
    Map<String, String> sent = new HashMap<>();
    Trace.continued("00-" + ID + "-" + SPAN + "-02", null).writeTo(sent::put);

    assertThat(sent.get("traceparent")).startsWith("00-" + ID).endsWith("-00");
    assertThat(sent).doesNotContainKey("tracestate");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "x",
        "00-" + ID + "-" + SPAN,
        "00-" + ID + "-" + SPAN + "-1",
        "00-" + ID + "-" + SPAN + "-01-more",
        "00-" + ID + "-" + SPAN + "-01\r\nX: 1",
        "ff-" + ID + "-" + SPAN + "-01",
        "00-00000000000000000000000000000000-" + SPAN + "-01",
        "00-" + ID + "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01"
      })
  void a_malformed_one_is_replaced_with_its_state(@Nullable String given) {
    Trace trace = Trace.continued(given, "vendor=1");

    assertThat(trace.traceId()).matches("[0-9a-f]{32}").isNotEqualTo(ID);
    assertThat(trace.state()).isEmpty();
  }

  @Test
  void a_state_that_cannot_be_a_header_is_left_out() {
    assertThat(Trace.continued("00-" + ID + "-" + SPAN + "-01", "a=\t").state()).isEmpty();
    assertThat(Trace.continued("00-" + ID + "-" + SPAN + "-01", "a".repeat(513)).state()).isEmpty();
  }

  @Test
  void a_scope_ends_with_what_was_before() {
    Trace outer = Trace.begin();
    try (Trace.Scope _ = outer.open()) {
      try (Trace.Scope _ = Trace.begin().open()) {
        assertThat(Trace.current()).isPresent().isNotEqualTo(java.util.Optional.of(outer));
      }
      assertThat(Trace.current()).contains(outer);
    }
    assertThat(Trace.current()).isEmpty();
  }
}
