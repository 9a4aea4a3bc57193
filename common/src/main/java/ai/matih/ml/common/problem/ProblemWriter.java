package ai.matih.ml.common.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.json.JsonMapper;

/** Renders a {@link Problem}, both for controllers and for filters that run before them. */
public final class ProblemWriter {

  private final JsonMapper json;

  public ProblemWriter(JsonMapper json) {
    this.json = json;
  }

  public ResponseEntity<Object> entity(Problem problem, HttpServletRequest request, UUID errorId) {
    HttpHeaders headers = new HttpHeaders();
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    retryAfter(problem).ifPresent(wait -> headers.set(HttpHeaders.RETRY_AFTER, wait));
    return new ResponseEntity<>(
        body(problem, request.getRequestURI(), errorId), headers, problem.error().status());
  }

  /**
   * The document as bytes, for whoever answers without servlets.
   *
   * @param path of the request as it was sent; empty when it is none
   */
  public byte[] document(Problem problem, String path, UUID errorId) {
    return json.writeValueAsBytes(body(problem, path, errorId));
  }

  private static Object body(Problem problem, String path, UUID errorId) {
    ProblemBody body = ProblemBody.of(problem, path, errorId);
    return OpenInferenceBody.isFor(path) ? OpenInferenceBody.of(problem, body) : body;
  }

  /** What {@code Retry-After} says; empty when nothing is known. */
  public static Optional<String> retryAfter(Problem problem) {
    return problem.retryAfter().map(wait -> Long.toString(Math.max(1, wait.toSeconds())));
  }

  /** Writes the answer directly; for servlet filters. */
  public void write(Problem problem, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    ResponseEntity<Object> entity = entity(problem, request, UUID.randomUUID());
    response.setStatus(entity.getStatusCode().value());
    entity.getHeaders().forEach((name, values) -> values.forEach(v -> response.setHeader(name, v)));
    byte[] body = json.writeValueAsBytes(entity.getBody());
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
