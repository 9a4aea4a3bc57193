package ai.matih.ml.serving.traffic;

import ai.matih.ml.common.tenant.Tenant;

/** A document with the tenant whose it is. */
public record OwnedTraffic(Tenant tenant, TrafficDocument document) {}
