package ai.matih.ml.serving.shadow;

import ai.matih.ml.common.tenant.Tenant;

/** A shadow and whose it is. */
public record OwnedShadow(Tenant tenant, Shadow shadow) {}
