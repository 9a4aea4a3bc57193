/**
 * What the platform of one machine consists of: engines and services, their ports and surroundings,
 * and what the machine must have for them.
 */
@NullMarked
package ai.matih.ml.local.suite;

import org.jspecify.annotations.NullMarked;
