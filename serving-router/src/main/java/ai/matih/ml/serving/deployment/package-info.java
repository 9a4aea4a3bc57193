/**
 * The life of one version on a model's endpoint, from the request to the proof that it drained.
 * Every step is a reconcile: read what is wanted, read what the routers report, take the next step.
 */
@NullMarked
package ai.matih.ml.serving.deployment;

import org.jspecify.annotations.NullMarked;
