/** Jobs over HTTP, with progress as server-sent events. Upstream texts are never passed on. */
@NullMarked
package ai.matih.ml.training.job.web;

import org.jspecify.annotations.NullMarked;
