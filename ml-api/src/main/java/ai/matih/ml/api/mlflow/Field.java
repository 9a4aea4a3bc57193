package ai.matih.ml.api.mlflow;

import ai.matih.ml.api.experiment.ArtifactPath;
import ai.matih.ml.api.experiment.TrackingLimits;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a field of a call may hold. Ids are checked to the letter, since they end in paths and
 * queries; the rest is checked for its type, and for what MLflow would only notice inside its
 * database. All other rules are MLflow's, in its own words.
 */
enum Field {
  EXPERIMENT_ID("a number", "[0-9]{1,19}"),
  RUN_ID("32 hex digits", "[0-9a-f]{32}"),
  /** A run's id as any server of MLflow gives it; only ours have a run. */
  ANY_RUN_ID("a run's id", "[A-Za-z0-9][A-Za-z0-9_-]{0,255}"),
  MODEL_ID("m- and 32 hex digits", "m-[0-9a-f]{32}"),
  TRACE_ID("a trace's id of up to 50 characters", "[A-Za-z0-9][A-Za-z0-9_-]{0,49}"),
  ASSESSMENT_ID("a- and 32 hex digits", "a-[0-9a-f]{32}"),
  DATASET_ID("d- and 32 hex digits", "d-[0-9a-f]{32}"),
  VERSION("a number", "[0-9]{1,10}"),
  /** A relative artifact path in a message or a query. */
  PATH("a relative path without dotted segments", null),
  EXPERIMENT_NAME(
      "text of up to " + TrackingLimits.EXPERIMENT_NAME + " characters",
      "(?s).{0," + TrackingLimits.EXPERIMENT_NAME + "}"),
  RUN_NAME(
      "text of up to " + TrackingLimits.RUN_NAME + " characters",
      "(?s).{0," + TrackingLimits.RUN_NAME + "}"),
  USER(
      "text of up to " + TrackingLimits.USER + " characters",
      "(?s).{0," + TrackingLimits.USER + "}"),
  TEXT("text", null),
  /** A text that holds JSON, as MLflow sends what has no form. */
  JSON("a text that holds JSON", null),
  TRUTH("true or false", "true|false"),
  /** Of 64 bits, also as a text, as Protobuf writes it. */
  WHOLE("a whole number of 64 bits", "-?[0-9]{1,19}"),
  /** Protobuf writes the three values that are no numbers as texts. */
  VALUE("a finite number, \"NaN\", \"Infinity\" or \"-Infinity\"", null),
  /** What a client of another server may choose, and nobody here. */
  ABSENT("left out: files lie in the platform's own store", ""),
  EXPERIMENT_IDS("a list of numbers", null),
  TEXTS("a list of texts", null),
  TRACE_IDS("a list of traces' ids", null),
  /** A message whose parts MLflow checks itself; experiments inside are looked for. */
  OBJECT("an object", null),
  /** Messages whose parts MLflow checks itself; ids inside are looked for by the guard. */
  OBJECTS("a list of objects", null);

  private static final int MAX_TEXT = 1_000_000;

  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,9})?");

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
      case RUN_ID,
          ANY_RUN_ID,
          MODEL_ID,
          TRACE_ID,
          ASSESSMENT_ID,
          DATASET_ID,
          EXPERIMENT_NAME,
          RUN_NAME,
          USER,
          TEXT,
          JSON,
          PATH,
          ABSENT ->
          value.isString() && acceptsText(value.asString());
      case TRUTH -> value.isBoolean();
      case WHOLE ->
          value.isString()
              ? acceptsText(value.asString())
              : value.isNumber() && value.doubleValue() % 1 == 0 && isLong(value);
      case VALUE ->
          value.isString()
              ? acceptsText(value.asString())
              : value.isNumber() && Double.isFinite(value.doubleValue());
      case EXPERIMENT_IDS -> all(value, EXPERIMENT_ID);
      case TEXTS -> all(value, TEXT);
      case TRACE_IDS -> all(value, TRACE_ID);
      case OBJECT -> value.isObject();
      case OBJECTS -> value.isArray() && value.valueStream().allMatch(JsonNode::isObject);
    };
  }

  /** Whether a query names it once for each value. */
  boolean isList() {
    return switch (this) {
      case TEXTS, EXPERIMENT_IDS, TRACE_IDS -> true;
      default -> false;
    };
  }

  /** A value from a query string. */
  boolean acceptsText(String value) {
    return switch (this) {
      case EXPERIMENT_ID,
          RUN_ID,
          ANY_RUN_ID,
          MODEL_ID,
          TRACE_ID,
          ASSESSMENT_ID,
          DATASET_ID,
          EXPERIMENT_NAME,
          RUN_NAME,
          USER,
          VERSION,
          TRUTH,
          ABSENT ->
          pattern.matcher(value).matches();
      case PATH -> value.isEmpty() || ArtifactPath.parse(value).isPresent();
      case WHOLE -> pattern.matcher(value).matches() && isLong(value);
      case VALUE ->
          DECIMAL.matcher(value).matches()
              ? Double.isFinite(Double.parseDouble(value))
              : value.equals("NaN") || value.equals("Infinity") || value.equals("-Infinity");
      case EXPERIMENT_IDS -> EXPERIMENT_ID.acceptsText(value);
      case TRACE_IDS -> TRACE_ID.acceptsText(value);
      case TEXT, TEXTS -> TrackingLimits.fits(value, MAX_TEXT);
      case JSON -> true;
      case OBJECT, OBJECTS -> false;
    };
  }

  private static boolean isLong(JsonNode value) {
    return value.isIntegralNumber()
        ? value.canConvertToLong()
        : Math.abs(value.doubleValue()) < 0x1p63;
  }

  private static boolean isLong(String digits) {
    try {
      Long.parseLong(digits);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static boolean all(JsonNode value, Field each) {
    return value.isArray() && value.size() <= 10_000 && value.valueStream().allMatch(each::accepts);
  }
}
