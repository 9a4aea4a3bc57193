package ai.matih.ml.common.problem;

import jakarta.validation.Validator;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything that is wrong with a body that cannot be read. The parser stops at the first thing; so
 * that is taken out and the rest is read again, until it can be read and its constraints are
 * checked.
 */
public final class AllViolations {

  /** Whoever has more is told of the others with the next request. */
  private static final int MOST = 50;

  private final JsonMapper json;
  private final Validator validator;

  public AllViolations(JsonMapper json, Validator validator) {
    this.json = json;
    this.validator = validator;
  }

  /** What the caller is told; the first thing alone where the body was not kept. */
  Problem of(HttpMessageNotReadableException failure) {
    Problem first = UnreadableBody.problem(failure.getCause());
    if (first.violations().isEmpty() || !(failure.getCause() instanceof DatabindException cause)) {
      return first;
    }
    return KeptBody.ofCurrentRequest()
        .flatMap(
            kept -> kept.body().map(body -> all(body, kept.type(), kept.validated(), first, cause)))
        .orElse(first);
  }

  /** What the caller of a body is told that could not be read, with its constraints. */
  Problem of(byte[] body, Type type, DatabindException cause) {
    Problem first = UnreadableBody.problem(cause);
    return first.violations().isEmpty() || body.length > KeptBody.LONGEST
        ? first
        : all(body, type, true, first, cause);
  }

  private Problem all(
      byte[] body, Type type, boolean validated, Problem first, DatabindException cause) {
    Map<String, Violation> found = new LinkedHashMap<>();
    first.violations().forEach(one -> found.put(one.field(), one));
    try {
      JsonNode rest = json.readTree(body);
      Optional<Object> read = Optional.empty();
      boolean goOn = takenOut(rest, cause) || filledIn(rest, cause);
      while (goOn && found.size() < MOST) {
        try {
          read = Optional.ofNullable(read(rest, type));
          break;
        } catch (DatabindException next) {
          List<Violation> more = UnreadableBody.problem(next).violations();
          if (next instanceof ValueInstantiationException && missesSomething(found, more)) {
            break;
          }
          boolean known = more.stream().allMatch(one -> found.containsKey(one.field()));
          more.forEach(one -> found.putIfAbsent(one.field(), one));
          goOn = known ? filledIn(rest, next) : takenOut(rest, next);
        }
      }
      if (validated) {
        read.ifPresent(
            value ->
                validator.validate(value).stream()
                    .map(JsonBodies::violation)
                    .forEach(one -> found.putIfAbsent(one.field(), one)));
      }
    } catch (JacksonException unreadable) {
      return first;
    }
    return Problem.invalid(new ArrayList<>(found.values()));
  }

  private @Nullable Object read(JsonNode rest, Type type) {
    return json.readerFor(json.getTypeFactory().constructType(type)).readValue(rest);
  }

  /** Whether a rule over several fields may have failed for one that was taken out. */
  private static boolean missesSomething(Map<String, Violation> found, List<Violation> more) {
    return more.stream()
        .allMatch(
            one ->
                one.field().equals("body")
                    || found.keySet().stream()
                        .anyMatch(
                            field ->
                                field.equals(one.field())
                                    || field.startsWith(one.field() + ".")
                                    || field.startsWith(one.field() + "[")
                                    || !one.field().contains(".")));
  }

  /** Where a number or a truth value must be: any one. */
  private static boolean filledIn(JsonNode body, DatabindException failure) {
    if (!(failure instanceof MismatchedInputException mismatch)
        || mismatch.getTargetType() == null
        || !mismatch.getTargetType().isPrimitive()
        || failure.getPath().isEmpty()
        || !(parent(body, failure.getPath()) instanceof ObjectNode object)) {
      return false;
    }
    String name = failure.getPath().getLast().getPropertyName();
    if (name == null || object.has(name)) {
      return false;
    }
    if (mismatch.getTargetType() == boolean.class) {
      object.put(name, false);
    } else {
      object.put(name, 1);
    }
    return true;
  }

  private static JsonNode parent(JsonNode body, List<JacksonException.Reference> path) {
    JsonNode parent = body;
    for (JacksonException.Reference step : path.subList(0, path.size() - 1)) {
      parent =
          step.getPropertyName() == null
              ? parent.path(step.getIndex())
              : parent.path(step.getPropertyName());
    }
    return parent;
  }

  /** Removes what a failure is about; false when it is about the whole. */
  private static boolean takenOut(JsonNode body, DatabindException failure) {
    List<JacksonException.Reference> path = failure.getPath();
    if (path.isEmpty()) {
      return false;
    }
    JacksonException.Reference last = path.getLast();
    return switch (parent(body, path)) {
      case ObjectNode object when last.getPropertyName() != null ->
          object.remove(last.getPropertyName()) != null;
      case ArrayNode array when last.getIndex() >= 0 && last.getIndex() < array.size() -> {
        // The others keep their places.
        boolean something = !array.get(last.getIndex()).isNull();
        array.setNull(last.getIndex());
        yield something;
      }
      default -> false;
    };
  }
}
