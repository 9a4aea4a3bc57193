package ai.matih.ml.features.materialization;

import ai.matih.ml.common.tenant.Tenant;
import java.util.List;
import java.util.Optional;

/** Feast's own materialization. */
public interface FeastRuns {

  /** What Feast knows of one run. */
  record Run(Materialization.Status status, List<Materialization.ViewProgress> views) {}

  /**
   * Starts the run, or finds it when it was started before: a repeat is harmless.
   *
   * @throws Refused when Feast will not do it
   * @throws ai.matih.ml.common.http.EngineFailure when Feast is away, failed or did not answer
   */
  Run start(Tenant tenant, Materialization wanted);

  /** Empty when Feast does not know the run, for example after its restart. */
  Optional<Run> find(Tenant tenant, Materialization wanted);

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
