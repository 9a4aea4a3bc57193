package ai.matih.ml.api.mlflow;

import ai.matih.ml.api.door.Forwarder;
import ai.matih.ml.common.http.EngineFailure;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says MLflow's refusals in words of our own. Clients act on the error code, which stays; the texts
 * of MLflow carry SQL and inner addresses, which do not.
 */
final class MlflowRefusals implements Forwarder.AnswerGuard {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final BooleanSupplier isMissing;
  private boolean passed;

  /**
   * @param isMissing asked after a server error: whether the thing asked for is simply not there
   */
  MlflowRefusals(BooleanSupplier isMissing) {
    this.isMissing = isMissing;
  }

  @Override
  public boolean passes(int status) {
    passed = status < 400;
    return passed;
  }

  /** Whether MLflow did what was asked. */
  boolean hasPassed() {
    return passed;
  }

  @Override
  public void replace(int status, byte[] body, HttpServletResponse response) throws IOException {
    if (status >= 500) {
      if (isMissing.getAsBoolean()) {
        write(404, "RESOURCE_DOES_NOT_EXIST", "There is no such file.", response);
        return;
      }
      throw new EngineFailure.Misbehaved("mlflow", status, "");
    }
    String text = new String(body, StandardCharsets.UTF_8);
    String code = code(status, text);
    write(status, code, message(code, text), response);
  }

  private static String code(int status, String text) {
    try {
      JsonNode code = JSON.readTree(text).path("error_code");
      if (code.isString() && code.asString().matches("[A-Z_]{3,60}")) {
        return code.asString();
      }
    } catch (JacksonException e) {
      // Some refusals are plain text or HTML.
    }
    return switch (status) {
      case 401, 403 -> "PERMISSION_DENIED";
      case 404 -> "RESOURCE_DOES_NOT_EXIST";
      default -> "INVALID_PARAMETER_VALUE";
    };
  }

  private static String message(String code, String text) {
    if (text.contains("Changing param values")) {
      return "A parameter cannot change once it was logged; log it under another name.";
    }
    if (text.contains("nvalid comparator")) {
      return "The filter has a comparator that does not fit.";
    }
    if (text.contains("nvalid attribute key")
        || text.contains("nvalid entity type")
        || text.contains("nvalid filter")) {
      return "The filter cannot be read; write for example metrics.auc > 0.8 and params.model = 'x'.";
    }
    if (text.contains("nvalid order_by") || text.contains("order by")) {
      return "order_by cannot be read; write for example metrics.auc DESC.";
    }
    if (text.contains("must be in the 'active'") || text.contains("must be in 'active' state")) {
      return "It is deleted; restore it first.";
    }
    return switch (code) {
      case "RESOURCE_ALREADY_EXISTS" -> "The name is taken.";
      case "RESOURCE_DOES_NOT_EXIST" -> "There is no such thing in this workspace.";
      case "INVALID_PARAMETER_VALUE" -> "A parameter of the call has a value that is not accepted.";
      case "INVALID_STATE" -> "Its state does not allow this.";
      default -> "The call was refused.";
    };
  }

  private static void write(int status, String code, String message, HttpServletResponse response)
      throws IOException {
    Map<String, String> answer = new LinkedHashMap<>();
    answer.put("error_code", code);
    answer.put("message", message);
    answer.put("error_id", UUID.randomUUID().toString());
    byte[] bytes = JSON.writeValueAsBytes(answer);
    response.setStatus(status);
    response.setContentType("application/json");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
