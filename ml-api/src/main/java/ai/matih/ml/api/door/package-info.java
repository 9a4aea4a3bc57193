/**
 * The way in: which service owns a path, how much a caller may ask, and the forwarding itself.
 * Bodies stream through in both directions and are never held.
 */
@NullMarked
package ai.matih.ml.api.door;

import org.jspecify.annotations.NullMarked;
