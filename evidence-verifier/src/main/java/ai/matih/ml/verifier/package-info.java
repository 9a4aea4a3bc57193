/**
 * Verifies evidence bundles with nothing but the file and, if given, public keys: no platform, no
 * network. The form of the file is ADR 17.
 */
@NullMarked
package ai.matih.ml.verifier;

import org.jspecify.annotations.NullMarked;
