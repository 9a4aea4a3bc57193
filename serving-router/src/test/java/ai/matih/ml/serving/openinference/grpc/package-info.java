@NullMarked
package ai.matih.ml.serving.openinference.grpc;

import org.jspecify.annotations.NullMarked;
