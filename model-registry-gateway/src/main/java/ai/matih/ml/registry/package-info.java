/**
 * The registry: models, their versions, and the gates between stages. The stage of a version is a
 * fact that this service can prove.
 */
@NullMarked
package ai.matih.ml.registry;

import org.jspecify.annotations.NullMarked;
