/** Plans over HTTP. */
@NullMarked
package ai.matih.ml.features.historical.web;

import org.jspecify.annotations.NullMarked;
