package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.tenant.TenantScope;
import ai.matih.ml.common.trace.Trace;
import ai.matih.ml.common.web.PlainQueryFilter;
import ai.matih.ml.common.web.RequestIdFilter;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/** One request from its head to its answer. */
final class Exchange implements Request {

  private static final String IN_PATHS = "-._~!$&'()*+,;=:@%/";

  private final HttpHeaders headers;
  private final HttpMethod method;
  private final HttpVersion version;
  private final String path;
  private final @Nullable String query;
  private final String requestId;
  private final long startedNanos;
  private final boolean keepAlive;
  private @Nullable KnownCaller caller;
  private @Nullable Endpoint endpoint;

  Exchange(HttpRequest head, long startedNanos) {
    this.headers = head.headers();
    this.method = head.method();
    this.version = head.protocolVersion();
    String target = withoutAuthority(head.uri());
    int mark = target.indexOf('?');
    this.path = mark < 0 ? target : target.substring(0, mark);
    this.query = mark < 0 ? null : target.substring(mark + 1);
    this.requestId = RequestIdFilter.idOf(headers.get(RequestIdFilter.HEADER));
    this.startedNanos = startedNanos;
    this.keepAlive = HttpUtil.isKeepAlive(head);
  }

  /** Stands for a request whose head is none. */
  static Exchange unreadable(long startedNanos) {
    return new Exchange(
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, ""), startedNanos);
  }

  /** A proxy's form of a target names the server too. */
  private static String withoutAuthority(String target) {
    if (!target.regionMatches(true, 0, "http://", 0, 7)) {
      return target;
    }
    int slash = target.indexOf('/', 7);
    return slash < 0 ? "/" : target.substring(slash);
  }

  /** What is wrong with the head itself, whoever sends it. */
  Optional<Problem> fault() {
    if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
      return unreadable("Only HTTP/1.1 is spoken here.");
    }
    if (version.equals(HttpVersion.HTTP_1_1) && headers.getAll(HttpHeaderNames.HOST).size() != 1) {
      return unreadable("A request names its host once.");
    }
    if (!isPlain(path)) {
      return unreadable("The request cannot be read.");
    }
    if (headers.contains(HttpHeaderNames.EXPECT) && !expectsContinue()) {
      return unreadable("Only 100-continue can be expected.");
    }
    return query == null ? Optional.empty() : PlainQueryFilter.refusal(query);
  }

  private static Optional<Problem> unreadable(String detail) {
    return Optional.of(new Problem(CommonError.MALFORMED_REQUEST, detail));
  }

  private static boolean isPlain(String path) {
    if (path.isEmpty() || path.charAt(0) != '/') {
      return false;
    }
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && IN_PATHS.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  boolean expectsContinue() {
    return HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(
        headers.get(HttpHeaderNames.EXPECT, ""));
  }

  @Nullable String authorization() {
    return headers.get(HttpHeaderNames.AUTHORIZATION);
  }

  @Override
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  @Nullable String contentType() {
    return headers.get(HttpHeaderNames.CONTENT_TYPE);
  }

  /** Negative when the head does not say; it was checked by the decoder. */
  long declaredLength() {
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    return length == null ? -1 : Long.parseLong(length.strip());
  }

  HttpMethod method() {
    return method;
  }

  boolean isHead() {
    return method.equals(HttpMethod.HEAD);
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public String requestId() {
    return requestId;
  }

  long startedNanos() {
    return startedNanos;
  }

  /** Whether the caller wants to go on with the connection. */
  boolean keepsAlive() {
    return keepAlive;
  }

  boolean isOldVersion() {
    return version.equals(HttpVersion.HTTP_1_0);
  }

  void admit(KnownCaller known) {
    caller = known;
  }

  KnownCaller known() {
    if (caller == null) {
      throw new IllegalStateException("nobody was admitted yet");
    }
    return caller;
  }

  @Override
  public Caller caller() {
    return known().caller();
  }

  void leadTo(Endpoint found) {
    endpoint = found;
  }

  @Nullable Endpoint endpoint() {
    return endpoint;
  }

  /** Runs work as every request's is run elsewhere: with its id, its trace, its tenant. */
  void run(Runnable work) {
    List<String> state = headers.getAll(Trace.STATE);
    MDC.put("request_id", requestId);
    try (Trace.Scope _ =
        Trace.continued(headers.get(Trace.PARENT), state.isEmpty() ? null : String.join(",", state))
            .open()) {
      if (caller == null) {
        work.run();
        return;
      }
      SecurityContext context = SecurityContextHolder.createEmptyContext();
      context.setAuthentication(new JwtAuthenticationToken(caller.token()));
      SecurityContextHolder.setContext(context);
      TenantScope.run(caller.caller().tenant(), work);
    } finally {
      SecurityContextHolder.clearContext();
      MDC.remove("request_id");
    }
  }
}
