package ai.matih.ml.registry;

import ai.matih.ml.common.problem.ErrorCode;
import org.springframework.http.HttpStatus;

/** The refusals of the registry. */
public enum RegistryError implements ErrorCode {
  MODEL_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such model"),
  VERSION_NOT_FOUND(HttpStatus.NOT_FOUND, "The model has no such version"),
  MODEL_DELETED(HttpStatus.GONE, "The model was deleted"),
  VERSION_DELETED(HttpStatus.GONE, "The version was deleted"),
  IN_USE(HttpStatus.CONFLICT, "It is used, was used in Production, or an override of it waits"),
  NOT_RESTORABLE(HttpStatus.CONFLICT, "It cannot be restored"),
  FILES_BEING_REMOVED(HttpStatus.CONFLICT, "The files of this model are just being removed"),
  TRANSITION_NOT_FOUND(HttpStatus.NOT_FOUND, "The model has no such transition"),
  OVERRIDE_NOT_FOUND(HttpStatus.NOT_FOUND, "The transition was not overridden"),
  ROLLBACK_NOT_FOUND(HttpStatus.NOT_FOUND, "The model has no such roll-back"),
  EVIDENCE_NOT_FOUND(HttpStatus.NOT_FOUND, "The version has no such evidence"),
  REPORT_NOT_KEPT(HttpStatus.NOT_FOUND, "There is no report behind this evidence to open"),
  VALIDATION_NOT_FOUND(HttpStatus.NOT_FOUND, "The version has no such validation"),
  RUN_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such run"),
  JOB_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such training job"),
  MODEL_NAME_TAKEN(HttpStatus.CONFLICT, "A model of this name exists"),
  RUN_NOT_FINISHED(HttpStatus.CONFLICT, "The run has not finished"),
  LOGGED_MODEL_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such logged model"),
  LOGGED_MODEL_NOT_READY(HttpStatus.CONFLICT, "The logged model is not complete"),
  RUN_HAS_SEVERAL_MODELS(HttpStatus.CONFLICT, "The run logged more than one model"),
  PREPARATION_REFUSED(HttpStatus.CONFLICT, "The logged model cannot be prepared"),
  RUN_HAS_NO_MODEL(HttpStatus.CONFLICT, "The run has no model"),
  BUNDLE_REFUSED(HttpStatus.CONFLICT, "The run's model is not one that can be registered"),
  JOB_NOT_FINISHED(HttpStatus.CONFLICT, "The training job has no result yet"),
  ILLEGAL_TRANSITION(HttpStatus.CONFLICT, "The version cannot make this move"),
  TRANSITION_OPEN(HttpStatus.CONFLICT, "Somebody else's transition of this version is open"),
  TRANSITION_CLOSED(HttpStatus.CONFLICT, "The transition has ended"),
  APPROVAL_NOT_NEEDED(HttpStatus.CONFLICT, "The transition needs no approval"),
  NOT_OVERRIDABLE(HttpStatus.CONFLICT, "A condition stands in the way that nobody overrides"),
  OVERRIDE_SETTLED(HttpStatus.CONFLICT, "The override is confirmed, or its time is over"),
  NOTHING_TO_ROLL_BACK_TO(HttpStatus.CONFLICT, "There is no previous version in Production"),
  MODEL_RETIRED(HttpStatus.CONFLICT, "The model is retired"),
  NOT_RETIRED(HttpStatus.CONFLICT, "The model is not retired"),
  NOTHING_TO_RETIRE(HttpStatus.CONFLICT, "No version of the model is live"),
  VERSION_ARCHIVED(HttpStatus.CONFLICT, "The version is archived"),
  WEBHOOK_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such webhook"),
  DELIVERY_NOT_FOUND(HttpStatus.NOT_FOUND, "The webhook has no such delivery"),
  WEBHOOK_LIMIT_REACHED(HttpStatus.CONFLICT, "The tenant has as many webhooks as it may have"),
  WEBHOOK_INACTIVE(HttpStatus.CONFLICT, "The webhook is not active"),
  FOUR_EYES(HttpStatus.FORBIDDEN, "Somebody else has to approve"),
  NOT_REQUESTER(HttpStatus.FORBIDDEN, "Only the requester or an administrator may do this"),
  REPORT_REFUSED(HttpStatus.BAD_REQUEST, "The report cannot be read");

  private final Definition definition;

  RegistryError(HttpStatus status, String title) {
    this.definition = new Definition("Registry", status, title);
  }

  @Override
  public Definition definition() {
    return definition;
  }
}
