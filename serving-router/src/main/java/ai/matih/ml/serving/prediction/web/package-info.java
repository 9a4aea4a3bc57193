/** What is told about predictions over REST. */
@NullMarked
package ai.matih.ml.serving.prediction.web;

import org.jspecify.annotations.NullMarked;
