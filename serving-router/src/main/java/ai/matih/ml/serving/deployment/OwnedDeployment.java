package ai.matih.ml.serving.deployment;

import ai.matih.ml.common.tenant.Tenant;

/** A deployment with the tenant whose it is. */
public record OwnedDeployment(Tenant tenant, Deployment deployment) {}
