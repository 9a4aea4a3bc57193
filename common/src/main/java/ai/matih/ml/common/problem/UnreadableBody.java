package ai.matih.ml.common.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says in a caller's words why a body cannot be read. */
final class UnreadableBody {

  private static final Pattern NAMED = Pattern.compile("([a-z]+(?:_[a-z]+)*) (?=must |may )");

  private UnreadableBody() {}

  static Problem problem(@Nullable Throwable failure) {
    return switch (failure) {
      case UnrecognizedPropertyException unknown ->
          Problem.invalid(path(unknown), "is not a known field");
      case InvalidFormatException format -> Problem.invalid(path(format), expected(format));
      case MismatchedInputException mismatch when !mismatch.getPath().isEmpty() ->
          Problem.invalid(path(mismatch), expected(mismatch));
      case DatabindException bind
          when bind.getCause() instanceof IllegalArgumentException reason
              && !bind.getPath().isEmpty() ->
          Problem.invalid(path(bind), String.valueOf(reason.getMessage()));
      case DatabindException bind when bind.getCause() instanceof IllegalArgumentException reason ->
          ofTheWhole(String.valueOf(reason.getMessage()));
      case DatabindException bind when !bind.getPath().isEmpty() ->
          Problem.invalid(path(bind), "cannot be read");
      case InputCoercionException number when !number.getPath().isEmpty() ->
          Problem.invalid(path(number), "is out of range");
      case JacksonException json ->
          new Problem(
              CommonError.MALFORMED_REQUEST,
              json.getLocation() == null
                  ? "The body is not valid JSON."
                  : "The body is not valid JSON (line %d, column %d)."
                      .formatted(json.getLocation().getLineNr(), json.getLocation().getColumnNr()));
      case null -> new Problem(CommonError.MALFORMED_REQUEST, "A JSON body is required.");
      default -> new Problem(CommonError.MALFORMED_REQUEST, "The body cannot be read.");
    };
  }

  /** A rule over several fields of the whole body; its text begins with the field that it means. */
  private static Problem ofTheWhole(String reason) {
    Matcher named = NAMED.matcher(reason);
    return named.lookingAt()
        ? Problem.invalid(named.group(1), reason.substring(named.end()))
        : Problem.invalid("body", reason);
  }

  private static String expected(MismatchedInputException mismatch) {
    return expected(mismatch.getTargetType());
  }

  static String expected(@Nullable Class<?> type) {
    if (type != null && type.isEnum()) {
      List<String> names = new ArrayList<>();
      for (Object constant : type.getEnumConstants()) {
        names.add(constant.toString().toLowerCase(java.util.Locale.ROOT));
      }
      return "must be one of " + String.join(", ", names);
    }
    if (type == null) {
      return "has the wrong type";
    }
    if (type == String.class) {
      return "must be a string";
    }
    if (type.isPrimitive() ? type != boolean.class : Number.class.isAssignableFrom(type)) {
      return "must be a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "must be true or false";
    }
    if (Iterable.class.isAssignableFrom(type) || type.isArray()) {
      return "must be a list";
    }
    return "has the wrong type or form";
  }

  private static String path(JacksonException failure) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : failure.getPath()) {
      if (step.getPropertyName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    return path.isEmpty() ? "body" : path.toString();
  }
}
