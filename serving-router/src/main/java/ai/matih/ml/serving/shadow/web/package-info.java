/** Shadows over REST. */
@NullMarked
package ai.matih.ml.serving.shadow.web;

import org.jspecify.annotations.NullMarked;
