package ai.matih.ml.api.experiment;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Why MLflow refused a call, fit for a caller.
 *
 * <p>MLflow's own sentence is kept: it names the parameter and what was wrong with its value. What
 * follows of its database, its files and its addresses is cut off.
 *
 * @param code MLflow's error code
 * @param reason one or more sentences, never empty
 */
public record MlflowRefusal(String code, String reason, Cause cause) {

  /** What stands behind a refusal. */
  public enum Cause {
    /** The call asks for something that MLflow does not do. */
    RULE,
    /** The row that the call would insert is there: made just now by another, or long ago. */
    ROW_EXISTS,
    /** Another writer of the same rows was faster; the transaction was rolled back. */
    LOST_RACE
  }

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MAX_REASON = 1000;

  /** Where a sentence of MLflow begins to speak of its inside. */
  private static final Pattern INSIDE =
      Pattern.compile(
          "\\s*(Error: )?(\\(?(psycopg2?|sqlite3|sqlalchemy)\\b|\\(raised as a result of|\\[SQL:"
              + "|Traceback \\(|Background on this error)|\\S*(site-packages|/tmp/|s3://|file:/)",
          Pattern.DOTALL);

  private static final Pattern ROW = Pattern.compile("UniqueViolation|duplicate key");

  private static final Pattern RACE =
      Pattern.compile(
          "StaleDataError|ObjectDeletedError|[Dd]eadlock|SerializationFailure|could not serialize"
              + "|PendingRollbackError|Failed to set tags");

  private static final Pattern TOO_LARGE =
      Pattern.compile("StringDataRightTruncation|NumericValueOutOfRange|value too long|DataError");

  /** Reads an answer of MLflow with an error status. */
  public static MlflowRefusal of(int status, byte[] body) {
    return of(status, new String(body, StandardCharsets.UTF_8));
  }

  public static MlflowRefusal of(int status, String body) {
    Optional<JsonNode> json = json(body);
    String code =
        json.map(tree -> tree.path("error_code").asString(""))
            .filter(text -> text.matches("[A-Z_]{3,60}"))
            .orElseGet(() -> codeOf(status));
    String message = json.map(tree -> tree.path("message").asString("")).orElse("");
    boolean ofTheDatabase = code.equals("BAD_REQUEST") || status >= 500;
    if (!ofTheDatabase) {
      return new MlflowRefusal(code, reason(code, message), Cause.RULE);
    }
    if (ROW.matcher(message).find()) {
      return new MlflowRefusal(
          "RESOURCE_ALREADY_EXISTS", "The name is taken, or it exists already.", Cause.ROW_EXISTS);
    }
    if (RACE.matcher(message).find()) {
      return new MlflowRefusal(
          "TEMPORARILY_UNAVAILABLE",
          "Others write the same thing at the same time; try again.",
          Cause.LOST_RACE);
    }
    return TOO_LARGE.matcher(message).find()
        ? new MlflowRefusal(
            "INVALID_PARAMETER_VALUE",
            "A text is longer, or a number larger, than MLflow keeps.",
            Cause.RULE)
        : new MlflowRefusal(code, reason(code, message), Cause.RULE);
  }

  private static Optional<JsonNode> json(String body) {
    try {
      return Optional.of(JSON.readTree(body)).filter(JsonNode::isObject);
    } catch (JacksonException e) {
      return Optional.empty(); // Some refusals are plain text or HTML.
    }
  }

  private static String reason(String code, String message) {
    Matcher inside = INSIDE.matcher(message);
    String told = (inside.find() ? message.substring(0, inside.start()) : message).strip();
    if (told.codePointCount(0, told.length()) > MAX_REASON) {
      told = told.substring(0, told.offsetByCodePoints(0, MAX_REASON)) + "…";
    }
    if (!told.isEmpty()) {
      return told;
    }
    return switch (code) {
      case "RESOURCE_ALREADY_EXISTS" -> "The name is taken.";
      case "RESOURCE_DOES_NOT_EXIST" -> "There is no such thing in this workspace.";
      case "INVALID_PARAMETER_VALUE" -> "A parameter of the call has a value that is not accepted.";
      case "INVALID_STATE" -> "Its state does not allow this.";
      default -> "The call was refused.";
    };
  }

  private static String codeOf(int status) {
    return switch (status) {
      case 401, 403 -> "PERMISSION_DENIED";
      case 404 -> "RESOURCE_DOES_NOT_EXIST";
      case 429 -> "REQUEST_LIMIT_EXCEEDED";
      case 503 -> "TEMPORARILY_UNAVAILABLE";
      default -> status >= 500 ? "INTERNAL_ERROR" : "INVALID_PARAMETER_VALUE";
    };
  }
}
