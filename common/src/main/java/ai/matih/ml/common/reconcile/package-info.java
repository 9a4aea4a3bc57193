/**
 * Claims and wake-ups of background work. Leases use the database's clock, every claim carries an
 * epoch.
 */
@NullMarked
package ai.matih.ml.common.reconcile;

import org.jspecify.annotations.NullMarked;
