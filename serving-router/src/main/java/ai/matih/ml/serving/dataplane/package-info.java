/**
 * Predictions over HTTP, on a listener of their own: no servlets, no filter chains, no thread per
 * request. Everything else that a caller may rely on is as on the other port: credentials, request
 * ids, problems, limits, and how the service ends.
 */
@NullMarked
package ai.matih.ml.serving.dataplane;

import org.jspecify.annotations.NullMarked;
