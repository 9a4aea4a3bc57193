package ai.matih.ml.features.definition;

import ai.matih.ml.common.tenant.Tenant;

/** Where the current definitions of a tenant's project come from. */
public interface DefinitionsSource {

  /**
   * The project's definitions, at most a second old; none yet is an empty set, not an error.
   *
   * @throws ai.matih.ml.common.http.EngineFailure.Unavailable when they cannot be read and were
   *     never read before
   */
  Definitions of(Tenant tenant);

  /** The definitions as they are in the registry at this moment. */
  Definitions fresh(Tenant tenant);
}
