package ai.matih.ml.api.door;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/** The door's pages that need no credentials. */
final class OpenPages extends OncePerRequestFilter {

  private final DocsPage docs;
  private final HealthPage health;
  private final ProblemWriter problems;

  OpenPages(DocsPage docs, HealthPage health, ProblemWriter problems) {
    this.docs = docs;
    this.health = health;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      if (!docs.answer(request, response) && !health.answer(request, response)) {
        chain.doFilter(request, response);
      }
    } catch (Problem problem) {
      problems.write(problem, request, response);
    }
  }
}
