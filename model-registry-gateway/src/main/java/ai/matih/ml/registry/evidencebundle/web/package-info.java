/** Evidence bundles and audit rows over HTTP. */
@NullMarked
package ai.matih.ml.registry.evidencebundle.web;

import org.jspecify.annotations.NullMarked;
