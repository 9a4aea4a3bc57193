package ai.matih.ml.common.problem;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.util.Arrays;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON bodies where no controller does, and refuses them in the same words. */
public final class JsonBodies {

  private final JsonMapper json;
  private final Validator validator;
  private final AllViolations violations;

  public JsonBodies(JsonMapper json, Validator validator, AllViolations violations) {
    this.json = json;
    this.validator = validator;
    this.violations = violations;
  }

  /**
   * Reads the first bytes of an array as a body that must keep its constraints.
   *
   * @throws Problem with everything that is wrong
   */
  public <T> T read(byte[] body, int length, Class<T> type) {
    T read;
    try {
      read = json.readValue(body, 0, length, type);
    } catch (DatabindException cause) {
      throw violations.of(Arrays.copyOf(body, length), type, cause);
    } catch (JacksonException cause) {
      throw UnreadableBody.problem(cause);
    }
    if (read == null) {
      throw UnreadableBody.problem(null);
    }
    Set<ConstraintViolation<T>> broken = validator.validate(read);
    if (!broken.isEmpty()) {
      throw Problem.invalid(broken.stream().map(JsonBodies::violation).toList());
    }
    return read;
  }

  static Violation violation(ConstraintViolation<?> broken) {
    return new Violation(
        FieldNames.snake(broken.getPropertyPath().toString()), broken.getMessage());
  }
}
