package ai.matih.ml.common.web;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses a query that is no text: with a NUL, which no database takes, or not UTF-8. */
public final class PlainQueryFilter extends OncePerRequestFilter {

  private static final String NUL = "%00";

  private final ProblemWriter problems;

  public PlainQueryFilter(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String query = request.getQueryString();
    if (query == null || !query.contains(NUL)) {
      if (query != null && query.contains("%") && !isReadable(request)) {
        problems.write(
            new Problem(CommonError.MALFORMED_REQUEST, "The query is not encoded as UTF-8."),
            request,
            response);
        return;
      }
      chain.doFilter(request, response);
      return;
    }
    for (String part : query.split("&", -1)) {
      if (part.contains(NUL)) {
        String name = part.split("=", 2)[0];
        problems.write(
            Problem.invalid(name.contains(NUL) ? "query" : name, "must not contain NUL"),
            request,
            response);
        return;
      }
    }
  }

  /** The server complains when the first parameter is asked for. */
  private static boolean isReadable(HttpServletRequest request) {
    try {
      request.getParameterNames();
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }
}
