/**
 * What happens after an answer: everybody who wants to see predictions is one observer in one list.
 * Observers cost the caller next to nothing, are bounded, and count what they had to drop.
 */
@NullMarked
package ai.matih.ml.serving.observation;

import org.jspecify.annotations.NullMarked;
