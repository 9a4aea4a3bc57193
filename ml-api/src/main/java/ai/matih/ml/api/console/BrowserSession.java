package ai.matih.ml.api.console;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseCookie;

/**
 * The cookie of a signed-in browser.
 *
 * <p>It counts only on calls that carry a header which no form, link or foreign page can send, and
 * that the browser does not call foreign. So another site can neither act nor read in the signed-in
 * person's name, and a file of an experiment that is opened as a page cannot either.
 */
public final class BrowserSession {

  /** The request attribute with the {@code Authorization} that the caller has shown. */
  public static final String SHOWN = "ai.matih.ml.api.console.shown";

  /** No other host and no unencrypted page can plant a cookie whose name begins so. */
  private static final String COOKIE_ENCRYPTED = "__Host-matih_console";

  private static final String COOKIE = "matih_console";
  static final String HEADER = "X-Matih-Console";

  private BrowserSession() {}

  /**
   * The caller's own {@code Authorization}, or that of the session which its browser holds.
   *
   * @throws Problem when the browser sends the cookie twice: one of them may be planted
   */
  public static @Nullable String authorization(HttpServletRequest request) {
    String own = request.getHeader("Authorization");
    if (own != null || request.getHeader(HEADER) == null || isForeign(request)) {
      return own;
    }
    List<String> sessions =
        Stream.ofNullable(request.getCookies())
            .flatMap(Arrays::stream)
            .filter(cookie -> cookie.getName().equals(name(request)))
            .map(Cookie::getValue)
            .toList();
    if (sessions.size() > 1) {
      throw new Problem(
          CommonError.MALFORMED_REQUEST,
          "The browser has two sessions here, and one may be somebody else's. Remove the cookies"
              + " of this address and sign in again.");
    }
    return sessions.isEmpty() ? null : "Bearer " + sessions.getFirst();
  }

  private static String name(HttpServletRequest request) {
    return isEncrypted(request) ? COOKIE_ENCRYPTED : COOKIE;
  }

  /** Browsers say where a call comes from; who says nothing is no browser and has no cookie. */
  private static boolean isForeign(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    return site != null && !site.equals("same-origin");
  }

  static String cookie(String value, Duration life, HttpServletRequest request) {
    return ResponseCookie.from(name(request), value)
        .httpOnly(true)
        .sameSite("Strict")
        .secure(isEncrypted(request))
        .path(isEncrypted(request) ? "/" : "/api/v1/ml")
        .maxAge(life)
        .build()
        .toString();
  }

  /** Directly or by the proxy in front, which says so. */
  private static boolean isEncrypted(HttpServletRequest request) {
    String forwarded = request.getHeader("X-Forwarded-Proto");
    return request.isSecure()
        || (forwarded != null
            && Arrays.asList(forwarded.split(",", -1)).getFirst().equals("https"));
  }
}
