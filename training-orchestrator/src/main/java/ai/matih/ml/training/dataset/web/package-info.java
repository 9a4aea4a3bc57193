/** Data sets over HTTP. Uploads stream to a temporary file, never into the heap. */
@NullMarked
package ai.matih.ml.training.dataset.web;

import org.jspecify.annotations.NullMarked;
