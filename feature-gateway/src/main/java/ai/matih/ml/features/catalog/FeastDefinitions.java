package ai.matih.ml.features.catalog;

import ai.matih.ml.common.tenant.Tenant;
import java.util.List;

/** Applies declarations through Feast itself. */
public interface FeastDefinitions {

  /**
   * Applies all documents at once; what they refer to is among them or was applied before. A repeat
   * is harmless.
   *
   * @throws Refused when Feast will not have them as they are
   * @throws ai.matih.ml.common.http.EngineFailure when Feast is away, failed or did not answer
   */
  void apply(Tenant tenant, List<Named> documents);

  /**
   * Compares the views among the documents with their sources, and applies nothing. A view whose
   * source is not there yet fits.
   *
   * @throws Refused when the documents cannot be put together, or a source is no table
   * @throws ai.matih.ml.common.http.EngineFailure when Feast is away, failed or did not answer
   */
  List<Mismatch> check(Tenant tenant, List<Named> documents);

  /** A declaration under its name. */
  record Named(String name, Declaration content) {}

  /**
   * Why a view does not fit its source.
   *
   * @param place in the view's document
   */
  record Mismatch(String view, String place, String message) {}

  /** Feast said no; its message is for people. */
  final class Refused extends RuntimeException {

    public Refused(String message) {
      super(message);
    }

    public String reason() {
      return String.valueOf(getMessage());
    }
  }
}
