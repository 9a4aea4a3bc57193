package ai.matih.ml.common.web;

import ai.matih.ml.common.trace.Trace;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives each request an id that every hop logs and answers with, and continues the trace that the
 * caller began.
 */
public final class RequestIdFilter extends OncePerRequestFilter {

  public static final String HEADER = "X-Request-Id";
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String given = request.getHeader(HEADER);
    String id =
        given != null && FORM.matcher(given).matches() ? given : UUID.randomUUID().toString();
    response.setHeader(HEADER, id);
    MDC.put("request_id", id);
    try (Trace.Scope _ = Trace.continued(request.getHeader(Trace.PARENT), state(request)).open()) {
      chain.doFilter(request, response);
    } finally {
      MDC.remove("request_id");
    }
  }

  private static @Nullable String state(HttpServletRequest request) {
    List<String> lines = Collections.list(request.getHeaders(Trace.STATE));
    return lines.isEmpty() ? null : String.join(",", lines);
  }
}
