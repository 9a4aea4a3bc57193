/** What the router tells of drift, for the audit chain and whoever listens to webhooks. */
@NullMarked
package ai.matih.ml.registry.drift.web;

import org.jspecify.annotations.NullMarked;
