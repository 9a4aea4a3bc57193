/** How well versions answer: how often, how fast, and, as far as it can be known, how rightly. */
@NullMarked
package ai.matih.ml.serving.performance;

import org.jspecify.annotations.NullMarked;
