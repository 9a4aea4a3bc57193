package ai.matih.ml.serving.openinference.grpc;

import ai.matih.ml.common.dataplane.DataPlane;
import ai.matih.ml.common.dataplane.Visit;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Permission;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Lets calls in by their heads, as the data plane does; the message of a call that is refused is
 * not even received.
 */
final class Admission implements ServerInterceptor {

  /** The call that a handler answers. */
  static final Context.Key<Visit> VISIT = Context.key("visit");

  private static final List<String> HEADERS =
      List.of("authorization", "x-request-id", "traceparent", "tracestate");

  private final DataPlane plane;

  Admission(DataPlane plane) {
    this.plane = plane;
  }

  @Override
  public <I, O> ServerCall.Listener<I> interceptCall(
      ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
    Visit visit;
    try {
      String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
      visit = plane.admit(head(call, headers), address(call), permissions(method));
    } catch (Problem problem) {
      return Refusals.refuse(call, problem);
    }
    return Contexts.interceptCall(Context.current().withValue(VISIT, visit), call, headers, next);
  }

  private static List<Permission> permissions(String method) {
    return method.equals("ModelInfer")
        ? List.of(Permission.PREDICTIONS_CREATE)
        : List.of(Permission.PREDICTIONS_CREATE, Permission.DEPLOYMENTS_READ);
  }

  /** A call of gRPC is a POST of HTTP. */
  private static HttpRequest head(ServerCall<?, ?> call, Metadata headers) {
    HttpRequest head =
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.POST,
            "/" + call.getMethodDescriptor().getFullMethodName());
    for (String name : HEADERS) {
      String value = headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
      if (value != null) {
        head.headers().set(name, value);
      }
    }
    return head;
  }

  private static String address(ServerCall<?, ?> call) {
    return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
            instanceof InetSocketAddress remote
        ? remote.getHostString()
        : "";
  }
}
