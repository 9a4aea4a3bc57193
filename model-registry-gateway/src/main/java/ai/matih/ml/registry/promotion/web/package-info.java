/** Promotions, transitions, approvals and stage history over HTTP. A refusal names its reason. */
@NullMarked
package ai.matih.ml.registry.promotion.web;

import org.jspecify.annotations.NullMarked;
