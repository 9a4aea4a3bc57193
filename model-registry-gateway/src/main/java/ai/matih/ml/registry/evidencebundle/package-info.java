/**
 * Everything that one decision rested on, in one archive that proves itself without this service,
 * and the audit chain behind it.
 */
@NullMarked
package ai.matih.ml.registry.evidencebundle;

import org.jspecify.annotations.NullMarked;
