/** Webhooks and their deliveries over HTTP. A secret is shown once. */
@NullMarked
package ai.matih.ml.registry.webhook.web;

import org.jspecify.annotations.NullMarked;
