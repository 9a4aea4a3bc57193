package ai.matih.ml.serving.openinference.grpc;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.ProblemWriter;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** Problems as gRPC says them. The code of a problem is a trailer. */
final class Refusals {

  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("problem-code", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);

  private Refusals() {}

  static Status status(Problem problem) {
    Status.Code code =
        switch (problem.error().status()) {
          case BAD_REQUEST, UNSUPPORTED_MEDIA_TYPE -> Status.Code.INVALID_ARGUMENT;
          case UNAUTHORIZED -> Status.Code.UNAUTHENTICATED;
          case FORBIDDEN -> Status.Code.PERMISSION_DENIED;
          case NOT_FOUND -> Status.Code.NOT_FOUND;
          case CONFLICT -> Status.Code.FAILED_PRECONDITION;
          case CONTENT_TOO_LARGE, TOO_MANY_REQUESTS -> Status.Code.RESOURCE_EXHAUSTED;
          case SERVICE_UNAVAILABLE -> Status.Code.UNAVAILABLE;
          case GATEWAY_TIMEOUT -> Status.Code.UNKNOWN;
          default -> Status.Code.INTERNAL;
        };
    return code.toStatus().withDescription(problem.inWords());
  }

  /** Ends a call that was not let in; nothing of its message is received. */
  static <I> ServerCall.Listener<I> refuse(ServerCall<I, ?> call, Problem problem) {
    call.close(status(problem), trailers(problem));
    return new ServerCall.Listener<>() {};
  }

  static Metadata trailers(Problem problem) {
    Metadata trailers = new Metadata();
    trailers.put(CODE, problem.error().code());
    ProblemWriter.retryAfter(problem).ifPresent(wait -> trailers.put(RETRY_AFTER, wait));
    return trailers;
  }
}
