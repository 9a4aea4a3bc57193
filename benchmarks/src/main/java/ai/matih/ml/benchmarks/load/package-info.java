/**
 * The load tool: plain HTTP/1.1 over blocking sockets, closed loop. It is written for this module,
 * since it shares two cores with what it measures and must cost little.
 */
@NullMarked
package ai.matih.ml.benchmarks.load;

import org.jspecify.annotations.NullMarked;
