/** Deployments over REST, and what other services may know about a version in service. */
@NullMarked
package ai.matih.ml.serving.deployment.web;

import org.jspecify.annotations.NullMarked;
