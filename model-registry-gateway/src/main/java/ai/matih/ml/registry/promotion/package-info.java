/**
 * Stages and the gates between them: one table of moves, small guards, transitions that complete by
 * themselves. Nothing else changes a stage.
 */
@NullMarked
package ai.matih.ml.registry.promotion;

import org.jspecify.annotations.NullMarked;
