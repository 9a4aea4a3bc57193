/** Materialization and push over HTTP. */
@NullMarked
package ai.matih.ml.features.materialization.web;

import org.jspecify.annotations.NullMarked;
