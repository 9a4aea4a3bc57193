/**
 * Refusals and failures as RFC 9457 answers. One enum of codes per service, one advice that renders
 * them.
 */
@NullMarked
package ai.matih.ml.common.problem;

import org.jspecify.annotations.NullMarked;
