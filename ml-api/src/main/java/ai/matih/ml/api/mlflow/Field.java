package ai.matih.ml.api.mlflow;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a field of a call may hold. Ids are checked to the letter, since they end in paths and
 * queries; the rest is checked for type and size and left to MLflow.
 */
enum Field {
  EXPERIMENT_ID("a number", "[0-9]{1,19}"),
  RUN_ID("32 hex digits", "[0-9a-f]{32}"),
  MODEL_ID("m- and 32 hex digits", "m-[0-9a-f]{32}"),
  NAME("text of 1 to 500 characters", "[^\\p{Cntrl}]{1,500}"),
  VERSION("a number", "[0-9]{1,10}"),
  /** A relative artifact path in a message or a query. */
  PATH("a relative path without dotted segments", null),
  TEXT("text", null),
  NUMBER("a number", null),
  EXPERIMENT_IDS("a list of numbers", null),
  TEXTS("a list of texts", null),
  /** Messages whose parts MLflow checks itself; ids inside are looked for by the guard. */
  OBJECTS("a list of objects", null);

  private static final int MAX_TEXT = 1_000_000;

  private final String form;
  private final Pattern pattern;

  Field(String form, @Nullable String pattern) {
    this.form = form;
    this.pattern = Pattern.compile(pattern == null ? "(?s).*" : pattern);
  }

  String form() {
    return form;
  }

  boolean accepts(JsonNode value) {
    return switch (this) {
      case EXPERIMENT_ID, VERSION ->
          (value.isString() || value.isIntegralNumber()) && acceptsText(value.asString());
      case RUN_ID, MODEL_ID, NAME, TEXT, PATH -> value.isString() && acceptsText(value.asString());
      case NUMBER -> value.isNumber() || (value.isString() && acceptsText(value.asString()));
      case EXPERIMENT_IDS -> all(value, EXPERIMENT_ID);
      case TEXTS -> all(value, TEXT);
      case OBJECTS -> value.isArray() && value.valueStream().allMatch(JsonNode::isObject);
    };
  }

  /** A value from a query string. */
  boolean acceptsText(String value) {
    return switch (this) {
      case EXPERIMENT_ID, RUN_ID, MODEL_ID, NAME, VERSION -> pattern.matcher(value).matches();
      case PATH ->
          value.isEmpty() || ai.matih.ml.api.experiment.ArtifactPath.parse(value).isPresent();
      case NUMBER ->
          value.matches("-?[0-9]{1,19}(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?|NaN|-?Infinity");
      case EXPERIMENT_IDS -> EXPERIMENT_ID.acceptsText(value);
      case TEXT, TEXTS -> value.length() <= MAX_TEXT && value.indexOf('\0') < 0;
      case OBJECTS -> false;
    };
  }

  private static boolean all(JsonNode value, Field each) {
    return value.isArray() && value.size() <= 10_000 && value.valueStream().allMatch(each::accepts);
  }
}
