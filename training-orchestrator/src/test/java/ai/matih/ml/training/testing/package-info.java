/** Fixtures of this service's tests. They run the whole service on real engines. */
@NullMarked
package ai.matih.ml.training.testing;

import org.jspecify.annotations.NullMarked;
