/** Packages over HTTP. */
@NullMarked
package ai.matih.ml.training.packages.web;

import org.jspecify.annotations.NullMarked;
