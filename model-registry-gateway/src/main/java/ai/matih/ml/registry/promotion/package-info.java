/**
 * Stages and the gates between them: one table of moves, small guards, transitions that complete by
 * themselves. {@link ai.matih.ml.registry.promotion.Gate} judges and moves, {@link
 * ai.matih.ml.registry.promotion.Moves} lists the guards of each move. Nothing else changes a
 * stage.
 */
@NullMarked
package ai.matih.ml.registry.promotion;

import org.jspecify.annotations.NullMarked;
