/** Deletions and retention over HTTP. */
@NullMarked
package ai.matih.ml.registry.retention.web;

import org.jspecify.annotations.NullMarked;
