/**
 * Keeps a set of programs running: starts them in order, watches them, restarts what dies, writes
 * down how they are and stops them all. It does not know what they are for.
 */
@NullMarked
package ai.matih.ml.local.supervision;

import org.jspecify.annotations.NullMarked;
