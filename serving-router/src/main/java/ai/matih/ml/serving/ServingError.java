package ai.matih.ml.serving;

import ai.matih.ml.common.problem.ErrorCode;
import org.springframework.http.HttpStatus;

/** The codes that only the router answers with. */
public enum ServingError implements ErrorCode {
  ENGINE_NOT_OFFERED(HttpStatus.BAD_REQUEST, "This engine is not offered here"),
  VERSION_NOT_FOUND(HttpStatus.NOT_FOUND, "The registry knows no such version"),
  DEPLOYMENT_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such deployment"),
  MODEL_NOT_SERVED(HttpStatus.NOT_FOUND, "The model has no deployment here"),
  VERSION_NOT_SERVED(HttpStatus.NOT_FOUND, "The version has no ready deployment here"),
  PREDICTION_NOT_FOUND(HttpStatus.NOT_FOUND, "This router remembers no such prediction"),
  AB_TEST_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such A/B test"),
  AB_TEST_OPEN(HttpStatus.CONFLICT, "The model has an A/B test that is not over"),
  AB_TEST_NOT_STARTED(HttpStatus.CONFLICT, "The A/B test has not started yet"),
  ROLLOUT_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such roll-out"),
  ROLLOUT_OPEN(HttpStatus.CONFLICT, "The model has a roll-out that is not over"),
  ROLLOUT_NOT_UNDER_WAY(HttpStatus.CONFLICT, "The roll-out is not under way"),
  SHADOW_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such shadow"),
  TOO_MANY_SHADOWS(HttpStatus.CONFLICT, "The model has as many shadows as it may have"),
  NO_CONTROL(HttpStatus.CONFLICT, "There is no Production version to compare with"),
  TRAFFIC_SHARED(HttpStatus.CONFLICT, "More than one other version gets traffic"),
  NO_TRAFFIC(HttpStatus.CONFLICT, "The model's traffic has no target"),
  STAGE_FORBIDS(HttpStatus.CONFLICT, "The version's stage does not allow this traffic"),
  ENGINE_BARRED(HttpStatus.CONFLICT, "The version may not run on this engine"),
  NO_STABLE_TARGET(HttpStatus.CONFLICT, "There is no stable target to fall back to"),
  OTHER_ENGINE(HttpStatus.CONFLICT, "The version is deployed on another engine"),
  OTHER_FILES(HttpStatus.CONFLICT, "The version is deployed with other files"),
  NOT_DEPLOYED(HttpStatus.CONFLICT, "The version is not deployed"),
  TARGET_NOT_READY(HttpStatus.CONFLICT, "A target is not ready for traffic"),
  NOTHING_TO_ROLL_BACK_TO(HttpStatus.CONFLICT, "The traffic has no earlier revision to return to"),
  FEATURES_ABSENT(HttpStatus.CONFLICT, "The feature store has no usable value of a feature"),
  DEPLOYMENT_ENDED(HttpStatus.CONFLICT, "The deployment is draining or has ended"),
  FEATURES_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The feature store is away"),
  NOT_READY(HttpStatus.SERVICE_UNAVAILABLE, "This router is still loading the model"),
  ENGINE_AWAY(HttpStatus.SERVICE_UNAVAILABLE, "The engine of the version gave no answer"),
  OVERLOADED(HttpStatus.SERVICE_UNAVAILABLE, "The router has more predictions than it can score"),
  SCORING_FAILED(HttpStatus.BAD_GATEWAY, "The model failed on these values");

  private final Definition definition;

  ServingError(HttpStatus status, String title) {
    this.definition = new Definition("Serving", status, title);
  }

  @Override
  public Definition definition() {
    return definition;
  }
}
