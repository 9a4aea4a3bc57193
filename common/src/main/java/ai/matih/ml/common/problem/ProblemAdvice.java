package ai.matih.ml.common.problem;

import ai.matih.ml.common.http.EngineFailure;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.ConstraintViolationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.validation.FieldError;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingRequestHeaderException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** The one place where exceptions become answers. Class names and upstream texts never leave it. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
public class ProblemAdvice {

  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  private final ProblemWriter writer;
  private final AllViolations violations;

  public ProblemAdvice(ProblemWriter writer, AllViolations violations) {
    this.writer = writer;
    this.violations = violations;
  }

  @ExceptionHandler(AsyncRequestNotUsableException.class)
  void callerWentAway() {
    // Nobody is left to answer.
  }

  @ExceptionHandler(Exception.class)
  ResponseEntity<Object> render(Exception failure, HttpServletRequest request) {
    UUID errorId = UUID.randomUUID();
    Problem problem =
        failure instanceof HttpMessageNotReadableException unreadable
            ? violations.of(unreadable)
            : problemOf(failure, request.getMethod(), request.getRequestURI(), errorId);
    ResponseEntity<Object> answer = writer.entity(problem, request, errorId);
    if (failure instanceof ErrorResponse framework) {
      // Which methods or types the path offers.
      HttpHeaders headers = new HttpHeaders();
      headers.putAll(framework.getHeaders());
      headers.putAll(answer.getHeaders());
      return new ResponseEntity<>(answer.getBody(), headers, answer.getStatusCode());
    }
    return answer;
  }

  /**
   * What a failure is to the caller; one of ours is logged with the id that the caller gets. A body
   * that Spring could not read is not for this method.
   */
  public static Problem problemOf(Exception failure, String method, String path, UUID errorId) {
    Problem problem = problemOf(failure);
    if (problem.error().status() == HttpStatus.INTERNAL_SERVER_ERROR) {
      log.error("{} {} failed, error_id={}", method, path, errorId, failure);
    } else if (problem.error().status().is5xxServerError()) {
      log.warn(
          "{} {} answered {}, error_id={}: {}",
          method,
          path,
          problem.error().code(),
          errorId,
          failure.toString());
    }
    return problem;
  }

  private static Problem problemOf(Exception failure) {
    return switch (failure) {
      case Problem problem -> problem;
      case EngineFailure engine -> engineProblem(engine);
      case RequestRejectedException _ ->
          new Problem(CommonError.MALFORMED_REQUEST, "The request cannot be read.");
      case MethodArgumentNotValidException invalid ->
          Problem.invalid(
              invalid.getBindingResult().getFieldErrors().stream()
                  .map(ProblemAdvice::violation)
                  .toList());
      case HandlerMethodValidationException invalid -> Problem.invalid(violations(invalid));
      case ConstraintViolationException invalid ->
          Problem.invalid(
              invalid.getConstraintViolations().stream()
                  .map(
                      v ->
                          new Violation(
                              FieldNames.snake(v.getPropertyPath().toString()), v.getMessage()))
                  .toList());
      // A converter that says itself what is wrong.
      case MethodArgumentTypeMismatchException mismatch
          when mismatch.getMostSpecificCause() instanceof Problem problem ->
          problem;
      case MethodArgumentTypeMismatchException mismatch ->
          Problem.invalid(
              FieldNames.snake(mismatch.getName()),
              UnreadableBody.expected(mismatch.getRequiredType()));
      case MissingServletRequestParameterException missing ->
          Problem.invalid(missing.getParameterName(), "is required");
      case MissingRequestHeaderException missing ->
          Problem.invalid(missing.getHeaderName(), "header is required");
      case AccessDeniedException _ ->
          new Problem(CommonError.FORBIDDEN, "The caller's role does not allow this.");
      case AsyncRequestTimeoutException _ ->
          new Problem(CommonError.ENGINE_UNAVAILABLE, "The answer took too long.");
      case OptimisticLockingFailureException _ ->
          new Problem(
              CommonError.CONFLICT,
              "Somebody else changed it at the same time; read it and try again.");
      case CannotCreateTransactionException _,
          TransactionSystemException _,
          DataAccessResourceFailureException _,
          TransientDataAccessException _ ->
          new Problem(CommonError.DATABASE_UNAVAILABLE, "The database is away; try again shortly.")
              .retryAfter(Duration.ofSeconds(5));
      case ErrorResponse framework -> framework(framework);
      default ->
          new Problem(
              CommonError.INTERNAL, "The service failed; give the error id to its operator.");
    };
  }

  private static Problem engineProblem(EngineFailure failure) {
    Problem problem =
        switch (failure) {
          case EngineFailure.Refused refused ->
              new Problem(
                  CommonError.ENGINE_MISBEHAVED,
                  failure.engine()
                      + " refused a call of this service (status "
                      + refused.status()
                      + ").");
          case EngineFailure.Misbehaved _ ->
              new Problem(
                  CommonError.ENGINE_MISBEHAVED, failure.engine() + " answered with an error.");
          case EngineFailure.Unavailable away ->
              new Problem(
                      CommonError.ENGINE_UNAVAILABLE,
                      failure.engine() + " is away; try again shortly.")
                  .retryAfter(away.retryAfter().orElse(Duration.ofSeconds(5)));
          case EngineFailure.OutcomeUnknown _ ->
              new Problem(
                  CommonError.ENGINE_OUTCOME_UNKNOWN,
                  failure.engine()
                      + " did not answer; repeat with the same Idempotency-Key to learn the"
                      + " outcome.");
        };
    return problem.with("engine", failure.engine());
  }

  private static Violation violation(FieldError error) {
    String message = error.getDefaultMessage();
    return new Violation(
        FieldNames.snake(error.getField()), message == null ? "is invalid" : message);
  }

  private static List<Violation> violations(HandlerMethodValidationException failure) {
    List<Violation> violations = new ArrayList<>();
    failure
        .getParameterValidationResults()
        .forEach(
            result ->
                result
                    .getResolvableErrors()
                    .forEach(
                        error -> {
                          String message = error.getDefaultMessage();
                          String field =
                              error instanceof FieldError f
                                  ? f.getField()
                                  : String.valueOf(result.getMethodParameter().getParameterName());
                          violations.add(
                              new Violation(
                                  FieldNames.snake(field),
                                  message == null ? "is invalid" : message));
                        }));
    return violations;
  }

  private static Problem framework(ErrorResponse response) {
    HttpStatus status = HttpStatus.valueOf(response.getStatusCode().value());
    return switch (status) {
      case NOT_FOUND -> new Problem(CommonError.NOT_FOUND, "No such path.");
      case METHOD_NOT_ALLOWED ->
          new Problem(CommonError.METHOD_NOT_ALLOWED, "The path does not offer this method.");
      case NOT_ACCEPTABLE ->
          new Problem(CommonError.NOT_ACCEPTABLE, "None of the accepted media types is offered.");
      case UNSUPPORTED_MEDIA_TYPE ->
          new Problem(CommonError.UNSUPPORTED_MEDIA_TYPE, "The content type is not offered here.");
      case CONTENT_TOO_LARGE ->
          new Problem(CommonError.TOO_LARGE, "The request body is too large.");
      default ->
          status.is4xxClientError()
              ? new Problem(CommonError.MALFORMED_REQUEST, "The request cannot be read.")
              : new Problem(
                  CommonError.INTERNAL, "The service failed; give the error id to its operator.");
    };
  }
}
