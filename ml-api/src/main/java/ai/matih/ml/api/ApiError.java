package ai.matih.ml.api;

import ai.matih.ml.common.problem.ErrorCode;
import org.springframework.http.HttpStatus;

/** The codes that this service adds to the common ones. */
public enum ApiError implements ErrorCode {
  KEY_NOT_FOUND(HttpStatus.NOT_FOUND, "The tenant has no such API key"),
  KEY_LIMIT_REACHED(HttpStatus.CONFLICT, "The tenant has as many active API keys as it may have"),
  FOREIGN_TENANT(
      HttpStatus.FORBIDDEN, "Only the platform's own tenant makes keys for other tenants"),
  JOB_TOKEN_NOT_ACCEPTED(
      HttpStatus.FORBIDDEN, "A job's token opens only the MLflow-compatible door"),
  SERVICE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The service that owns this path is away"),
  SERVICE_BUSY(
      HttpStatus.SERVICE_UNAVAILABLE,
      "The service that owns this path has too many calls in flight"),
  SERVICE_TIMEOUT(
      HttpStatus.GATEWAY_TIMEOUT, "The service that owns this path did not answer in time"),
  SERVICE_MISBEHAVED(
      HttpStatus.BAD_GATEWAY, "The service that owns this path gave an answer that cannot be read"),
  EXPERIMENT_NOT_FOUND(HttpStatus.NOT_FOUND, "The tenant has no such experiment"),
  EXPERIMENT_NAME_TAKEN(HttpStatus.CONFLICT, "An experiment with this name exists"),
  EXPERIMENT_DELETED(HttpStatus.CONFLICT, "The experiment is deleted; restore it first"),
  RUN_NOT_FOUND(HttpStatus.NOT_FOUND, "The experiment has no such run"),
  RUN_DELETED(HttpStatus.CONFLICT, "The run is deleted; restore its experiment first"),
  RUN_FINISHED(HttpStatus.CONFLICT, "The run has ended with another status"),
  PARAM_IS_FINAL(HttpStatus.CONFLICT, "A parameter cannot change once it was logged"),
  LOG_PARTLY_STORED(HttpStatus.BAD_GATEWAY, "Only a part of the log request was stored"),
  METRIC_NOT_FOUND(HttpStatus.NOT_FOUND, "The run has no such metric"),
  ARTIFACT_NOT_FOUND(HttpStatus.NOT_FOUND, "The run has no such artifact"),
  STALE_WRITER(HttpStatus.CONFLICT, "A newer attempt of the job writes to this run"),
  MLFLOW_CALL_NOT_OFFERED(
      HttpStatus.NOT_FOUND, "The MLflow-compatible door does not offer this call"),
  GATED_REGISTRY_CALL(HttpStatus.FORBIDDEN, "The model registry changes only through its gates"),
  FOREIGN_WORKSPACE(HttpStatus.FORBIDDEN, "The workspace is the caller's tenant and no other");

  private final Definition definition;

  ApiError(HttpStatus status, String title) {
    this.definition = new Definition("Api", status, title);
  }

  @Override
  public Definition definition() {
    return definition;
  }
}
