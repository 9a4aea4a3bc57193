/**
 * The serving router: it holds deployed versions, splits traffic between them and answers
 * predictions. One package per capability; rules on top, edges below.
 */
@NullMarked
package ai.matih.ml.serving;

import org.jspecify.annotations.NullMarked;
