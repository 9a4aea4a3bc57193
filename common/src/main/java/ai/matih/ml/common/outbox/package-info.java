/**
 * Events that leave the service after the change has committed. Handlers are called at least once.
 */
@NullMarked
package ai.matih.ml.common.outbox;

import org.jspecify.annotations.NullMarked;
