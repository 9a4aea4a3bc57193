/**
 * The format of a model bundle and its one reader in Java. The format is a protocol between the
 * training code, the registry and the router: {@code docs/reference/model-bundle.md} describes it.
 */
@NullMarked
package ai.matih.ml.bundle;

import org.jspecify.annotations.NullMarked;
