package ai.matih.ml.serving.rollout;

import ai.matih.ml.common.tenant.Tenant;

/** A roll-out with the tenant whose it is. */
public record OwnedRollout(Tenant tenant, GradualRollout rollout) {}
