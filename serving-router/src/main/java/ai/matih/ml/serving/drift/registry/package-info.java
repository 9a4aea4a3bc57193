/** Alerts for the model registry gateway, which has the webhooks. */
@NullMarked
package ai.matih.ml.serving.drift.registry;

import org.jspecify.annotations.NullMarked;
