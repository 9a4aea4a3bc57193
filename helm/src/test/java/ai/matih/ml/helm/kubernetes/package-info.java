/**
 * What a real API server says to the charts. {@code ./ml test kubernetes} starts one and names it
 * by {@code -Dmatih.kubernetes}; without that property these tests are not there.
 */
@NullMarked
package ai.matih.ml.helm.kubernetes;

import org.jspecify.annotations.NullMarked;
