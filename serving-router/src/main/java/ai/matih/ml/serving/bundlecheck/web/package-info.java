/** Checks of bundles over REST, for the registry only. */
@NullMarked
package ai.matih.ml.serving.bundlecheck.web;

import org.jspecify.annotations.NullMarked;
