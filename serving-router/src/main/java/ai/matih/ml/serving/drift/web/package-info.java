/** Drift over HTTP. */
@NullMarked
package ai.matih.ml.serving.drift.web;

import org.jspecify.annotations.NullMarked;
