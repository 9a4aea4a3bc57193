package ai.matih.ml.api.door;

import ai.matih.ml.common.problem.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/** The paths on which MLflow's own clients speak, and the form in which they read refusals. */
public final class MlflowPaths {

  /** What a client asks to learn which server it talks to. */
  public static final String VERSION = "/version";

  /** Where a client sends single spans, and in what words it understands that nobody takes them. */
  public static final String SPANS = "/v1/traces";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private MlflowPaths() {}

  public static boolean isMlflow(String path) {
    return path.startsWith("/api/2.0/")
        || path.startsWith("/api/3.0/")
        || path.equals(VERSION)
        || path.equals(SPANS);
  }

  /** Bodies that are somebody's file and not a message. */
  static boolean isArtifact(String path) {
    return path.startsWith("/api/2.0/mlflow-artifacts/")
        || (path.startsWith("/api/v1/ml/experiments/") && path.contains("/artifacts/"));
  }

  /** Writes a refusal as MLflow's server would, with the suite's code and error id beside. */
  public static void write(Problem problem, HttpServletResponse response) throws IOException {
    int status = problem.error().status().value();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("error_code", errorCode(status));
    body.put("message", message(problem));
    body.put("code", problem.error().code());
    body.put("error_id", UUID.randomUUID().toString());
    if (!problem.params().isEmpty()) {
      body.put("params", problem.params());
    }
    byte[] bytes = JSON.writeValueAsBytes(body);
    response.setStatus(status);
    problem
        .retryAfter()
        .ifPresent(
            wait ->
                response.setHeader("Retry-After", Long.toString(Math.max(1, wait.toSeconds()))));
    response.setContentType("application/json");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }

  /** MLflow's own words: its users search for them, and its clients' tests compare them. */
  private static String message(Problem problem) {
    if (problem.violations().isEmpty()) {
      return problem.detail();
    }
    Object value = problem.params().get("value");
    return String.join(
        "; ",
        problem.violations().stream()
            .map(
                violation ->
                    violation.message().equals("is required")
                        ? "Missing value for required parameter '" + violation.field() + "'."
                        : "Invalid value "
                            + (value == null ? "" : JSON.writeValueAsString(value) + " ")
                            + "for parameter '"
                            + violation.field()
                            + "' supplied: "
                            + violation.message())
            .toList());
  }

  private static String errorCode(int status) {
    return switch (status) {
      case 400, 413, 415, 422 -> "INVALID_PARAMETER_VALUE";
      case 401 -> "UNAUTHENTICATED";
      case 403 -> "PERMISSION_DENIED";
      case 404 -> "RESOURCE_DOES_NOT_EXIST";
      case 405 -> "ENDPOINT_NOT_FOUND";
      case 409 -> "RESOURCE_CONFLICT";
      case 429 -> "REQUEST_LIMIT_EXCEEDED";
      case 503 -> "TEMPORARILY_UNAVAILABLE";
      case 504 -> "DEADLINE_EXCEEDED";
      default -> "INTERNAL_ERROR";
    };
  }
}
