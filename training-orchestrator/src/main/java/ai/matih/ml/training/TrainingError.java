package ai.matih.ml.training;

import ai.matih.ml.common.problem.ErrorCode;
import org.springframework.http.HttpStatus;

/** The codes of this service beside the common ones. */
public enum TrainingError implements ErrorCode {
  DATASET_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such data set"),
  DATASET_UNREADABLE(HttpStatus.BAD_REQUEST, "The uploaded file is not a readable table"),
  DATASET_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The uploaded table is larger than allowed"),
  DATASET_IN_USE(HttpStatus.CONFLICT, "Something uses the data set"),
  UPLOADS_BUSY(HttpStatus.SERVICE_UNAVAILABLE, "Too many uploads are being read at once"),
  STORAGE_FULL(HttpStatus.SERVICE_UNAVAILABLE, "There is no room for the upload right now"),
  PACKAGE_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such package"),
  PACKAGE_REFUSED(HttpStatus.BAD_REQUEST, "The package is not a plain zip file"),
  PACKAGE_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The package is larger than allowed"),
  REPORT_NOT_FOUND(HttpStatus.NOT_FOUND, "The job left no report of tests"),
  SPLIT_NOT_FOUND(HttpStatus.NOT_FOUND, "The job left no split of its rows"),
  TRIALS_NOT_FOUND(HttpStatus.NOT_FOUND, "The job has no trials"),
  JOB_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such training job"),
  ILLEGAL_JOB_MOVE(HttpStatus.CONFLICT, "The job is in a state that does not allow this"),
  NOT_REPRODUCIBLE(HttpStatus.CONFLICT, "The job has trained no model"),
  TOO_MANY_STREAMS(HttpStatus.SERVICE_UNAVAILABLE, "Too many event streams are open");

  private final Definition definition;

  TrainingError(HttpStatus status, String title) {
    this.definition = new Definition("Training", status, title);
  }

  @Override
  public Definition definition() {
    return definition;
  }
}
