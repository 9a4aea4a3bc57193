package ai.matih.ml.common.problem;

import org.springframework.http.HttpStatus;

/** The codes that every service can answer with. */
public enum CommonError implements ErrorCode {
  INVALID_REQUEST(HttpStatus.BAD_REQUEST, "The request has invalid fields"),
  MALFORMED_REQUEST(HttpStatus.BAD_REQUEST, "The request cannot be read"),
  UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "Valid credentials are needed"),
  FORBIDDEN(HttpStatus.FORBIDDEN, "The caller's role does not allow this"),
  NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such thing here"),
  METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "The path does not offer this method"),
  NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "None of the accepted media types is offered"),
  CONFLICT(HttpStatus.CONFLICT, "Somebody else changed it at the same time"),
  IDEMPOTENCY_IN_PROGRESS(HttpStatus.CONFLICT, "The first request with this key is still running"),
  STALE_REVISION(HttpStatus.PRECONDITION_FAILED, "The document has a newer revision"),
  TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The request body is too large"),
  UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The content type is not offered here"),
  IDEMPOTENCY_KEY_REUSED(
      HttpStatus.UNPROCESSABLE_CONTENT, "The idempotency key was used with another request"),
  REVISION_REQUIRED(HttpStatus.PRECONDITION_REQUIRED, "The change needs an If-Match revision"),
  RATE_LIMITED(HttpStatus.TOO_MANY_REQUESTS, "Too many requests"),
  OVERLOADED(HttpStatus.SERVICE_UNAVAILABLE, "The service has more requests than it can work on"),
  INTERNAL(
      HttpStatus.INTERNAL_SERVER_ERROR, "The service failed; the error id finds it in the log"),
  ENGINE_MISBEHAVED(HttpStatus.BAD_GATEWAY, "An engine behind the service misbehaved"),
  ENGINE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "An engine behind the service is away"),
  DATABASE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The service's database is away"),
  ENGINE_OUTCOME_UNKNOWN(
      HttpStatus.GATEWAY_TIMEOUT, "An engine did not answer; whether it acted is not known");

  private final Definition definition;

  CommonError(HttpStatus status, String title) {
    this.definition = new Definition("Common", status, title);
  }

  @Override
  public Definition definition() {
    return definition;
  }
}
