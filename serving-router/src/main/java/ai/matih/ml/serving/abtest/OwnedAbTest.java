package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.tenant.Tenant;

/** A test with the tenant whose it is. */
public record OwnedAbTest(Tenant tenant, AbTest test) {}
