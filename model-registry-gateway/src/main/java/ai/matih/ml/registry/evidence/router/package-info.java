/** What the serving router is asked for evidence. Wire records stay here. */
@NullMarked
package ai.matih.ml.registry.evidence.router;

import org.jspecify.annotations.NullMarked;
