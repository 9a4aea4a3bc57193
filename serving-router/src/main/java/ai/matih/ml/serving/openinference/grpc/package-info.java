/** The Open Inference Protocol over gRPC, on a port of its own. */
@NullMarked
package ai.matih.ml.serving.openinference.grpc;

import org.jspecify.annotations.NullMarked;
