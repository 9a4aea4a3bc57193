package ai.matih.ml.registry.evidence;

import ai.matih.ml.registry.evidence.TestTally.Result;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Counts the tests in {@code {"tests":[{"name":…,"outcome":"passed|failed|error|skipped"}]}}. */
final class JsonReport {

  static final int MAX_LENGTH = 4 << 20;
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(32).build())
                  .build())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          // An outcome that is a number would be the one of that place in the list.
          .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .withCoercionConfig(
              LogicalType.Enum,
              value -> value.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
          .build();

  private record Document(@Nullable List<@Nullable Test> tests) {}

  private record Test(@Nullable String name, @Nullable Result outcome) {}

  private JsonReport() {}

  /**
   * @throws ReportRefused when it is not such a document or breaks a limit
   */
  static TestCounts count(String json) {
    if (json.length() > MAX_LENGTH) {
      throw new ReportRefused("A report may have up to %d characters.".formatted(MAX_LENGTH));
    }
    Document document;
    try {
      document = MAPPER.readValue(json, Document.class);
    } catch (JacksonException e) {
      throw new ReportRefused(
          "The report is not of the form {\"tests\":[{\"name\":..,\"outcome\":\"passed|failed|error|skipped\"}]}.");
    }
    List<@Nullable Test> tests = document == null ? null : document.tests();
    if (tests == null) {
      throw new ReportRefused("The report has no list of tests.");
    }
    TestTally tally = new TestTally();
    for (Test test : tests) {
      if (test == null || test.outcome() == null || test.name() == null) {
        throw new ReportRefused("Every test needs a name and an outcome.");
      }
      tally.add(test.outcome());
    }
    return tally.counts();
  }
}
