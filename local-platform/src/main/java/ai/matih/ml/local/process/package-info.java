/**
 * Operating-system processes as the platform sees them: what to run, when it is ready, how it ends
 * with everything it started. Nothing here knows what the programs are for.
 */
@NullMarked
package ai.matih.ml.local.process;

import org.jspecify.annotations.NullMarked;
