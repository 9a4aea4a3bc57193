/**
 * Tells other systems what happened: every audited change that has an event goes, signed, to those
 * who asked for it, at least once and in no promised order.
 */
@NullMarked
package ai.matih.ml.registry.webhook;

import org.jspecify.annotations.NullMarked;
