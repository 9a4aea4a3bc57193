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
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives each request an id that every hop logs and answers with, and continues the trace that the
 * caller began.
 */
public final class RequestIdFilter extends OncePerRequestFilter {

  public static final String HEADER = "X-Request-Id";
  private static final int LONGEST = 64;

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String given = request.getHeader(HEADER);
    String id = idOf(given);
    response.setHeader(HEADER, id);
    MDC.put("request_id", id);
    try (Trace.Scope _ = Trace.continued(request.getHeader(Trace.PARENT), state(request)).open()) {
      chain.doFilter(request, response);
    } finally {
      MDC.remove("request_id");
    }
  }

  /** The caller's own id where it is one, or a new one. */
  public static String idOf(@Nullable String given) {
    return given != null && isWellFormed(given) ? given : UUID.randomUUID().toString();
  }

  /** A loop, because it runs once per request. */
  private static boolean isWellFormed(String id) {
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '-';
      if (!plain) {
        return false;
      }
    }
    return !id.isEmpty() && id.length() <= LONGEST;
  }

  private static @Nullable String state(HttpServletRequest request) {
    List<String> lines = Collections.list(request.getHeaders(Trace.STATE));
    return lines.isEmpty() ? null : String.join(",", lines);
  }
}
