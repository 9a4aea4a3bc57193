package ai.matih.ml.serving.trial.process;

import ai.matih.ml.serving.trial.Check;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One line that a trial's process prints: a check that begins, or one that ended. */
record TrialWire(
    Check.Name name,
    boolean ended,
    boolean passed,
    @Nullable String detail,
    @Nullable Map<String, Object> measured) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static TrialWire begins(Check.Name name) {
    return new TrialWire(name, false, false, null, null);
  }

  static TrialWire ended(Check check) {
    return new TrialWire(check.name(), true, check.passed(), check.detail(), check.measured());
  }

  Check check() {
    return new Check(
        name, passed, detail == null ? "" : detail, measured == null ? Map.of() : measured);
  }

  String line() {
    return JSON.writeValueAsString(this);
  }

  static TrialWire of(String line) {
    return JSON.readValue(line, TrialWire.class);
  }
}
