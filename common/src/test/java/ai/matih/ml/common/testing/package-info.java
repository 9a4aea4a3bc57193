/** Fixtures for the tests of every service. Published as the test jar of common. */
@NullMarked
package ai.matih.ml.common.testing;

import org.jspecify.annotations.NullMarked;
