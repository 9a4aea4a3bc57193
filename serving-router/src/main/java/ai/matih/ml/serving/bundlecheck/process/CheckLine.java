package ai.matih.ml.serving.bundlecheck.process;

import ai.matih.ml.serving.bundlecheck.Check;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One line that the check process prints: a check that begins, or one that ended. */
record CheckLine(
    Check.Name name,
    boolean ended,
    boolean passed,
    @Nullable String detail,
    @Nullable Map<String, Object> measured) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static CheckLine begins(Check.Name name) {
    return new CheckLine(name, false, false, null, null);
  }

  static CheckLine ended(Check check) {
    return new CheckLine(check.name(), true, check.passed(), check.detail(), check.measured());
  }

  Check check() {
    return new Check(
        name, passed, detail == null ? "" : detail, measured == null ? Map.of() : measured);
  }

  String line() {
    return JSON.writeValueAsString(this);
  }

  static CheckLine of(String line) {
    return JSON.readValue(line, CheckLine.class);
  }
}
