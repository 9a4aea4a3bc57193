/**
 * Training jobs: their rules, their lifecycle in one table, and the reconciler that moves them.
 * Every step may be repeated.
 */
@NullMarked
package ai.matih.ml.training.job;

import org.jspecify.annotations.NullMarked;
