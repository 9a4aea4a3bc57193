package ai.matih.ml.serving.abtest;

import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.traffic.TestArm;
import org.jspecify.annotations.Nullable;

/**
 * A unit that got an answer from an arm.
 *
 * @param requestId the request, where it is not the unit itself
 */
public record Exposure(
    Tenant tenant, TestArm arm, long unit, @Nullable String requestId, long atMillis) {}
