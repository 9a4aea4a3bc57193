package ai.matih.ml.api.access;

import ai.matih.ml.common.tenant.Tenant;

/** The place that each tenant has in the experiment tracker. */
public interface TenantWorkspaces {

  /**
   * Makes the tenant's workspace if it is not there. Repeatable; remembered, so that it costs
   * nothing the second time.
   *
   * @throws ai.matih.ml.common.http.EngineFailure when the tracker gave no answer
   */
  void ensure(Tenant tenant);
}
