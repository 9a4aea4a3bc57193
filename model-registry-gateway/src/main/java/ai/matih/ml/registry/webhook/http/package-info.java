/**
 * The one place from which the suite calls an address that a user gave. Addresses are judged when
 * they are connected to.
 */
@NullMarked
package ai.matih.ml.registry.webhook.http;

import org.jspecify.annotations.NullMarked;
