/** Evidence over HTTP. Reports are read under limits and never trusted to count themselves. */
@NullMarked
package ai.matih.ml.registry.evidence.web;

import org.jspecify.annotations.NullMarked;
