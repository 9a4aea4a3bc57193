package ai.matih.ml.training.job;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.training.algorithm.Task;

/** What the registry knows of a model that a job wants to become a version of. */
public interface RegistryModels {

  /** Changes nothing. */
  Answer find(Tenant tenant, String submittedBy, String modelId);

  sealed interface Answer permits Known, Deleted, Missing {}

  record Known(Task task) implements Answer {}

  /** It was there, and can be brought back. */
  record Deleted() implements Answer {}

  record Missing() implements Answer {}
}
