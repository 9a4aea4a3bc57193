package ai.matih.ml.training.job;

import ai.matih.ml.common.tenant.Tenant;

/** Makes a trained model a version in the registry. */
public interface VersionRegistration {

  /**
   * Repeatable: the job's id names the registration.
   *
   * @return the version's number
   * @throws RegistrationRefused for good
   */
  int register(Tenant tenant, String submittedBy, JobId job, String runId, String modelId)
      throws RegistrationRefused;

  /** The registry said no; the message is for the person who submitted the job. */
  final class RegistrationRefused extends Exception {
    public RegistrationRefused(String reason) {
      super(reason);
    }

    public String reason() {
      return String.valueOf(getMessage());
    }
  }
}
