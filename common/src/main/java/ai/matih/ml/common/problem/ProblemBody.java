package ai.matih.ml.common.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * RFC 9457 problem document with the suite's extensions.
 *
 * @param errorId finds this occurrence in the service's log
 */
@JsonPropertyOrder({
  "type",
  "title",
  "status",
  "detail",
  "instance",
  "code",
  "error_id",
  "params",
  "violations"
})
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ProblemBody(
    String type,
    String title,
    int status,
    String detail,
    String instance,
    String code,
    UUID errorId,
    Map<String, Object> params,
    List<Violation> violations) {

  static ProblemBody of(Problem problem, String path, UUID errorId) {
    ErrorCode error = problem.error();
    return new ProblemBody(
        "urn:matih-ml:problem:" + error.code(),
        error.title(),
        error.status().value(),
        problem.detail(),
        URI.create(path).getRawPath(),
        error.code(),
        errorId,
        problem.params(),
        problem.violations());
  }
}
