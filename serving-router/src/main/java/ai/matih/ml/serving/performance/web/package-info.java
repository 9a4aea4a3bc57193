/** Performance over HTTP. */
@NullMarked
package ai.matih.ml.serving.performance.web;

import org.jspecify.annotations.NullMarked;
