/**
 * What is known about a version: platform checks and uploaded reports. Evidence is bound to the
 * digest of the version and never changes.
 */
@NullMarked
package ai.matih.ml.registry.evidence;

import org.jspecify.annotations.NullMarked;
