package ai.matih.ml.common.reconcile;

import ai.matih.ml.common.tenant.Tenant;

/**
 * The right to work on one row for the length of a lease.
 *
 * @param epoch goes into the condition of every later write, so that a claim that was overtaken
 *     changes nothing
 */
public record Claim(Tenant tenant, String id, long epoch) {}
