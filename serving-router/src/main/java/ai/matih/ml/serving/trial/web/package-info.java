/** Trials over REST, for the registry only. */
@NullMarked
package ai.matih.ml.serving.trial.web;

import org.jspecify.annotations.NullMarked;
