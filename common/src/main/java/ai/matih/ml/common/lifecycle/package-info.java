/**
 * Lifecycles as tables: an enum of moves is the whole table, and draws itself as a diagram for the
 * docs.
 */
@NullMarked
package ai.matih.ml.common.lifecycle;

import org.jspecify.annotations.NullMarked;
