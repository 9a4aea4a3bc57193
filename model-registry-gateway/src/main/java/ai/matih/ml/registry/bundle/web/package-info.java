/** Evidence bundles and audit rows over HTTP. */
@NullMarked
package ai.matih.ml.registry.bundle.web;

import org.jspecify.annotations.NullMarked;
