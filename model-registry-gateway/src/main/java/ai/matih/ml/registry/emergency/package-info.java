/**
 * Acts in an emergency: an override of a gate that a second person confirms, and a roll-back of
 * stage and traffic. Both move stages through the gate of promotions.
 */
@NullMarked
package ai.matih.ml.registry.emergency;

import org.jspecify.annotations.NullMarked;
