/**
 * Models, versions and gate policies. A version never changes once it is registered, except for its
 * stage.
 */
@NullMarked
package ai.matih.ml.registry.model;

import org.jspecify.annotations.NullMarked;
