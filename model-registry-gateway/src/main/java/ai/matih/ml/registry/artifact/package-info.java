/** Model bundles: fetched from a run, digested, kept by digest. What has a digest never changes. */
@NullMarked
package ai.matih.ml.registry.artifact;

import org.jspecify.annotations.NullMarked;
