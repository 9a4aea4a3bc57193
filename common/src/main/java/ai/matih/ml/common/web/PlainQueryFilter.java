package ai.matih.ml.common.web;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a query that cannot be read: parameters without a name, too many of them, escapes that
 * are none, text that is not UTF-8 or has a NUL, which no database takes. The web server would fail
 * when somebody asks for the first parameter, which is too late for an answer with a reason.
 */
public final class PlainQueryFilter extends OncePerRequestFilter {

  /** The web server's own limit. */
  private static final int MAX_PARAMETERS = 1000;

  private final ProblemWriter problems;

  public PlainQueryFilter(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String query = request.getQueryString();
    Optional<Problem> refusal = query == null ? Optional.empty() : refusal(query);
    if (refusal.isPresent()) {
      problems.write(refusal.get(), request, response);
    } else {
      chain.doFilter(request, response);
    }
  }

  /** What is wrong with a query, as it was sent. */
  public static Optional<Problem> refusal(String query) {
    int parameters = 0;
    for (String part : query.split("&", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      if (++parameters > MAX_PARAMETERS) {
        return Optional.of(
            malformed("The query may have up to " + MAX_PARAMETERS + " parameters."));
      }
      if (part.startsWith("=")) {
        return Optional.of(malformed("A parameter of the query has no name."));
      }
      Optional<String> text = decoded(part);
      if (text.isEmpty()) {
        return Optional.of(malformed("The query is not encoded as UTF-8."));
      }
      if (text.get().indexOf('\0') >= 0) {
        String name = part.split("=", 2)[0];
        return Optional.of(
            Problem.invalid(name.contains("%00") ? "query" : name, "must not contain NUL"));
      }
    }
    return Optional.empty();
  }

  private static Problem malformed(String detail) {
    return new Problem(CommonError.MALFORMED_REQUEST, detail);
  }

  private static Optional<String> decoded(String part) {
    if (part.indexOf('%') < 0) {
      return Optional.of(part);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < part.length(); i++) {
      if (part.charAt(i) != '%') {
        bytes.writeBytes(part.substring(i, i + 1).getBytes(StandardCharsets.UTF_8));
      } else if (i + 2 < part.length()
          && HexFormat.isHexDigit(part.charAt(i + 1))
          && HexFormat.isHexDigit(part.charAt(i + 2))) {
        bytes.write(HexFormat.fromHexDigits(part, i + 1, i + 3));
        i += 2;
      } else {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
