package ai.matih.ml.common.web;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Enforces {@link Allow} on every route of this suite and records refusals. */
final class RouteGuard implements HandlerInterceptor {

  private final ObjectProvider<Audit> audit;

  RouteGuard(ObjectProvider<Audit> audit) {
    this.audit = audit;
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (!(handler instanceof HandlerMethod method) || !isOurs(method)) {
      return true;
    }
    Allow allow = method.getMethodAnnotation(Allow.class);
    Caller caller =
        Caller.current()
            .orElseThrow(
                () -> new Problem(CommonError.UNAUTHENTICATED, "Valid credentials are needed."));
    if (allow == null || Arrays.stream(allow.value()).noneMatch(caller::may)) {
      String needed = allow == null ? "none" : allow.value()[0].toString();
      audit.ifAvailable(
          trail ->
              trail.refused(
                  "access.refused",
                  request.getMethod() + " " + request.getRequestURI(),
                  Map.of("needed", needed)));
      throw new Problem(CommonError.FORBIDDEN, "This needs the permission " + needed + ".")
          .with("permission", needed);
    }
    return true;
  }

  static boolean isOurs(HandlerMethod method) {
    return method.getBeanType().getName().startsWith("ai.matih.ml.");
  }
}
