package ai.matih.ml.features;

import ai.matih.ml.common.problem.ErrorCode;
import org.springframework.http.HttpStatus;

/** The refusals of the feature gateway. */
public enum FeaturesError implements ErrorCode {
  VIEW_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such feature view"),
  FEATURE_NOT_FOUND(HttpStatus.NOT_FOUND, "The view has no such feature"),
  ENTITY_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such entity"),
  SERVICE_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such feature service"),
  SOURCE_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such source"),
  MATERIALIZATION_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such materialization"),
  INCOMPATIBLE_CHANGE(HttpStatus.CONFLICT, "The change would break what exists"),
  VIEW_NOT_ONLINE(HttpStatus.CONFLICT, "The view has no online values"),
  ON_DEMAND_VIEW(
      HttpStatus.CONFLICT, "The view is computed by code, which this gateway does not run"),
  NOT_PLANNABLE(HttpStatus.CONFLICT, "The view cannot be joined from files"),
  PUSH_NOT_ACCEPTED(HttpStatus.CONFLICT, "The view does not accept pushed rows"),
  FEAST_REFUSED(HttpStatus.CONFLICT, "Feast refused the request");

  private final Definition definition;

  FeaturesError(HttpStatus status, String title) {
    this.definition = new Definition("Features", status, title);
  }

  @Override
  public Definition definition() {
    return definition;
  }
}
