package ai.matih.ml.serving.bundlecheck.process;

import ai.matih.ml.serving.bundlecheck.Check;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One line that the check process prints: a check that begins, or one that ended. */
record CheckLine(
    Check.Name name,
    Check.@Nullable Outcome outcome,
    @Nullable String detail,
    @Nullable Map<String, Object> measured) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static CheckLine begins(Check.Name name) {
    return new CheckLine(name, null, null, null);
  }

  static CheckLine ended(Check check) {
    return new CheckLine(check.name(), check.outcome(), check.detail(), check.measured());
  }

  /** The check, where it has ended. */
  Optional<Check> check() {
    return Optional.ofNullable(outcome)
        .map(
            came ->
                new Check(
                    name,
                    came,
                    detail == null ? "" : detail,
                    measured == null ? Map.of() : measured));
  }

  String line() {
    return JSON.writeValueAsString(this);
  }

  static CheckLine of(String line) {
    return JSON.readValue(line, CheckLine.class);
  }
}
