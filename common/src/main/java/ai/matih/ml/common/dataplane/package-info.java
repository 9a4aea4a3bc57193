/**
 * HTTP for the calls that a service answers all the time, on a listener of its own: no servlets, no
 * filter chains, no thread per request. A service brings an {@link Endpoint} for each path. All
 * that a caller may rely on elsewhere holds here too: credentials, request ids, problems, limits,
 * and how the service ends.
 */
@NullMarked
package ai.matih.ml.common.dataplane;

import org.jspecify.annotations.NullMarked;
