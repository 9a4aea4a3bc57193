package ai.matih.ml.serving.routing;

import java.util.Optional;

/** The last plan that this router served completely, on its own disk. */
public interface PlanFile {

  /** Absent when there is none, or when it is damaged: a damaged plan is no plan. */
  Optional<Plan> read();

  /** Replaces it as a whole. */
  void write(Plan plan);
}
